import { createHash, randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { RunError, WriteError } from "../errors.js";

/**
 * The one way in which files of a run folder are opened. A folder may come from somebody else: a link in it could lead a read or a
 * write anywhere, and opening a pipe or a device would wait for ever. Only regular files are read; only new files are written.
 */

/** No file of a run that is read as a whole comes near it. */
const MAX_WHOLE_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** Only the owner reads and writes what names the objects of a bucket. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
// Windows knows neither flag, and creates links for administrators only.
const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const PART_NAME = /^\..+\.[0-9a-f-]{36}\.part$/;

/** A file of a run folder that is not opened. */
export class UnsafeFileError extends RunError {
  /** What stands there instead of a regular file, such as "a link". */
  readonly what: string;

  constructor(path: string, what: string) {
    super(
      `"${path}" is ${what}, which a run never writes, and it was not opened: do not trust this folder, or restore the file from a copy`,
    );
    this.what = what;
  }
}

/** What stands at a path, in words; `null` for a regular file. */
export function unusualKind(
  found: Pick<Stats, "isFile" | "isSymbolicLink" | "isFIFO" | "isSocket" | "isDirectory">,
): string | null {
  if (found.isFile()) return null;
  if (found.isSymbolicLink()) return "a link";
  if (found.isFIFO()) return "a pipe";
  if (found.isSocket()) return "a socket";
  return found.isDirectory() ? "a folder" : "a device";
}

/** Opens a regular file to read; rejects with an UnsafeFileError for anything else, and with ENOENT where nothing is. */
export function openFile(path: string): Promise<FileHandle> {
  return openRegular(path, O_RDONLY);
}

/** The same, to change it in place. */
export function openToChange(path: string): Promise<FileHandle> {
  return openRegular(path, O_RDWR);
}

async function openRegular(path: string, access: number): Promise<FileHandle> {
  // A device may act on being opened at all.
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

/** What a file holds. */
export async function readWhole(path: string): Promise<Buffer> {
  await using file = await openFile(path);
  const { size } = await file.stat();
  if (size > MAX_WHOLE_BYTES) {
    throw new RunError(`"${path}" holds ${size} bytes, and no run writes more than ${MAX_WHOLE_BYTES} there`);
  }
  return file.readFile();
}

/** What a file holds, piece by piece. */
export async function* readChunks(path: string, chunkBytes = CHUNK_BYTES): AsyncGenerator<Buffer> {
  await using file = await openFile(path);
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Creates a file that is not there yet, to append to. */
export function createFile(path: string): Promise<FileHandle> {
  return writing(path, () => open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE));
}

/** Says of a write that the disk refuses which file it was, and that it was the disk. */
export async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw OF_THE_DISK.has(code) ? new WriteError(path, code, error) : error;
  }
}

const OF_THE_DISK: ReadonlySet<string> = new Set(["EDQUOT", "EFBIG", "EIO", "ENOSPC", "EROFS"]);

/** Makes a folder with those above it, unless it is there. A link to a folder is none, but for the run folder itself. */
export async function makeFolder(path: string, { mayBeLink = false } = {}): Promise<void> {
  // Given a relative path in a working directory that was removed, mkdir would try for ever.
  await writing(path, () => mkdir(resolve(path), { recursive: true, mode: FOLDER_MODE }));
  if (!mayBeLink) await refuseLinkedFolder(path);
}

/** Throws where a folder inside a run folder is a link: everything in it would be somewhere else. */
export async function refuseLinkedFolder(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSymbolicLink()) throw new UnsafeFileError(path, "a link");
}

/** A file that was written under a name of its own, and is not in its place yet. */
export interface StagedFile {
  readonly bytes: number;
  readonly sha256: string;
  /** Puts it in its place, where it replaces a file or a link as a whole. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** What a file is made of. */
export type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** Writes a file beside its place, under a random name that is not there yet, and onto the disk. */
export async function stageFile(path: string, chunks: Chunks, create = createFile): Promise<StagedFile> {
  const part = partName(path);
  const discard = () => rm(part, { force: true });
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    await using file = await create(part);
    for await (const block of inBlocks(chunks)) {
      await writing(path, () => file.appendFile(block));
      hash.update(block);
      bytes += block.length;
    }
    await writing(path, () => file.sync());
  } catch (error) {
    await discard();
    throw error;
  }
  return { bytes, sha256: hash.digest("hex"), commit: () => rename(part, path), discard };
}

/** Many small pieces as few writes. */
async function* inBlocks(chunks: Chunks): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    const piece = Buffer.from(chunk as string);
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes < CHUNK_BYTES) continue;
    yield Buffer.concat(held);
    [held, heldBytes] = [[], 0];
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

/** A name beside a file that nobody can foresee. */
export function partName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
}

/** Whether a name is one under which a file is written before it is in its place. */
export function isPartName(name: string): boolean {
  return PART_NAME.test(name);
}

/** Removes what a process that was killed left of files that it had not put in their place. */
export async function removeParts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (isPartName(name)) await rm(join(folder, name), { force: true });
}

/** What a file holds, or undefined where there is none. A link, a pipe and the like are none, and are not opened. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readWhole(path);
  } catch (error) {
    if (error instanceof UnsafeFileError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
