import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { RunError, WriteError } from "../errors.js";
import { countOf } from "../model/text.js";

/**
 * The only functions that open files of a run folder. The folder may come from somebody else: a link in it
 * could redirect a read or write anywhere, and opening a pipe or device would block forever. Only regular
 * files are read, and only new files are written.
 */

/** No file of a run that is read as a whole comes near this size. */
const MAX_WHOLE_BYTES = 256 * 1024 * 1024;
export const CHUNK_BYTES = 64 * 1024;
/** These files contain the keys of a bucket, so only the owner may read and write them. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
// Windows has neither flag, and only administrators can create links there.
const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const PART_NAME = /^\..+\.[0-9a-f-]{36}\.part$/;

/** A file of a run folder that was not opened because it is not a regular file. */
export class UnsafeFileError extends RunError {
  /** The type of the entry, for example "a link". */
  readonly what: string;

  constructor(path: string, what: string) {
    super(
      `"${path}" is ${what}, which a run never writes, and it was not opened: do not trust this folder, or restore the file from a copy`,
    );
    this.what = what;
  }
}

/** The type of a directory entry in words; `null` for a regular file. */
export function unusualKind(
  found: Pick<Stats, "isFile" | "isSymbolicLink" | "isFIFO" | "isSocket" | "isDirectory">,
): string | null {
  if (found.isFile()) return null;
  if (found.isSymbolicLink()) return "a link";
  if (found.isFIFO()) return "a pipe";
  if (found.isSocket()) return "a socket";
  return found.isDirectory() ? "a folder" : "a device";
}

/**
 * Opens a regular file for reading. Rejects with an UnsafeFileError for anything else, and with ENOENT if
 * there is no file.
 */
export function openFile(path: string): Promise<FileHandle> {
  return openRegular(path, O_RDONLY);
}

/** As `openFile`, but for changes in place. */
export function openToChange(path: string): Promise<FileHandle> {
  return openRegular(path, O_RDWR);
}

async function openRegular(path: string, access: number): Promise<FileHandle> {
  // Opening a device may already trigger it.
  refuseUnusual(path, await lstat(path));
  const file = await open(path, access | O_NOFOLLOW | O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ELOOP" ? new UnsafeFileError(path, "a link") : error;
  });
  try {
    refuseUnusual(path, await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function refuseUnusual(path: string, found: Stats): void {
  const what = unusualKind(found);
  if (what !== null) throw new UnsafeFileError(path, what);
}

/** Reads a file into memory. */
export async function readWhole(path: string): Promise<Buffer> {
  await using file = await openFile(path);
  const { size } = await file.stat();
  if (size > MAX_WHOLE_BYTES) {
    throw new RunError(`"${path}" has ${countOf(size, "byte")}, and no run writes more than ${MAX_WHOLE_BYTES} there`);
  }
  return file.readFile();
}

/** Reads a file in chunks, from a byte on. */
export async function* readChunks(path: string, chunkBytes = CHUNK_BYTES, from = 0): AsyncGenerator<Buffer> {
  await using file = await openFile(path);
  for (let at = from; ; ) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Creates a new file for appending. Rejects if the path exists. */
export function createFile(path: string): Promise<FileHandle> {
  return writing(path, () => open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE));
}

/** Adds the file name to an error of the disk, and says that the disk is the cause. */
export async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw DISK_ERRORS.has(code) ? new WriteError(path, code, error) : error;
  }
}

const DISK_ERRORS: ReadonlySet<string> = new Set(["EDQUOT", "EFBIG", "EIO", "ENOSPC", "EROFS"]);

/**
 * Creates a folder and its parents if needed. A link to a folder is rejected, except for the run folder
 * itself.
 */
export async function makeFolder(path: string, { mayBeLink = false } = {}): Promise<void> {
  // If the working directory was removed, mkdir with a relative path would never return.
  await writing(path, () => mkdir(resolve(path), { recursive: true, mode: FOLDER_MODE }));
  if (!mayBeLink) await refuseLinkedFolder(path);
}

/** Throws if a folder inside a run folder is a link, because all its contents would be elsewhere. */
export async function refuseLinkedFolder(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSymbolicLink()) throw new UnsafeFileError(path, "a link");
}

/** An unpredictable temporary name next to a file. */
export function partName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
}

/** Whether a name is such a temporary name. */
export function isPartName(name: string): boolean {
  return PART_NAME.test(name);
}

/** Removes the temporary files that a killed process left. */
export async function removeParts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (isPartName(name)) await rm(join(folder, name), { force: true });
}

/**
 * Reads a file, or returns undefined if there is none. Links, pipes and the like count as none and are not
 * opened.
 */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readWhole(path);
  } catch (error) {
    if (error instanceof UnsafeFileError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
