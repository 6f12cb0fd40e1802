import { lstat, readFile } from "node:fs/promises";

/** What a file holds, or undefined where there is none. A link, a pipe and the like are none, and are not opened. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return (await lstat(path)).isFile() ? await readFile(path) : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
