import { readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Throws for a line of a journal below this folder that bucketseal reads and its published schema does not have. What a test broke on
 * purpose is none of them. Costs more than most tests do: for the long suite.
 */
export async function refuseUndocumentedLines(folder: string): Promise<void> {
  const { undocumentedLines } = await import("../schema/folder-problems.js");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const segments = entries.filter((entry) => entry.isFile() && /^\d{6,}\.ndjson$/.test(entry.name));
  for (const { parentPath, name } of segments) {
    const [problem] = await undocumentedLines(join(parentPath, name));
    if (problem !== undefined) throw new Error(`not as docs/schema has it: ${problem}`);
  }
}
