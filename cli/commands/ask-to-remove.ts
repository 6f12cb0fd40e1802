import { createInterface } from "node:readline/promises";
import { type RemovalFound, UsageError } from "../../migrate/index.js";
import { countOf, formatBytes } from "../../migrate/model/text.js";
import { note } from "../print/terminal.js";

const DOES: Readonly<Record<RemovalFound["treatment"], string>> = {
  purge: "remove",
  replay: "re-create encrypted, and then remove,",
};

/**
 * Asks on the terminal for the number of versions that are to go.
 *
 * @throws UsageError where nobody can be asked
 */
export async function askToRemove(found: RemovalFound): Promise<boolean> {
  const { treatment, versions } = found;
  const what = removalWords(found);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError([
      `--versions ${treatment} would ${what}; nothing was changed: give --yes to confirm it, or --dry-run to look first`,
    ]);
  }
  note(`This will ${what}.`);
  note("Removed versions cannot be brought back.");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  terminal.on("SIGINT", () => ended.abort()).on("close", () => ended.abort());
  try {
    const answer = await terminal.question(`Type ${versions} to go on: `, { signal: ended.signal });
    return answer.trim().replaceAll(",", "") === String(versions);
  } catch (error) {
    if (ended.signal.aborted) return false;
    throw error;
  } finally {
    terminal.close();
  }
}

function removalWords({ treatment, versions, bytes, keys }: RemovalFound): string {
  const count = `${countOf(versions, "older version")} (${formatBytes(bytes)}) of ${countOf(keys, "key")}`;
  return `${DOES[treatment]} ${count} in plaintext, and those that the copies of this run leave behind`;
}
