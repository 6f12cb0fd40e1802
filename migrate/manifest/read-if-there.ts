import { readWhole, UnsafeFileError } from "./folder-files.js";

/** What a file holds, or undefined where there is none. A link, a pipe and the like are none, and are not opened. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readWhole(path);
  } catch (error) {
    if (error instanceof UnsafeFileError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
