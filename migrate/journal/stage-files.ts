import { createHash } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import { CHUNK_BYTES, createFile, partName, readChunks, removeParts, writing } from "./folder-files.js";

/** A file that is written under a temporary name and not yet renamed to its final name. */
export interface StagedFile {
  readonly bytes: number;
  readonly sha256: string;
  /** Renames it to its final name, replacing a file or link there atomically. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** The contents of a file. */
export type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** Writes a file next to its final path, under a new random name, and syncs it to disk. */
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

/** Joins many small chunks into few writes. */
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

/** Writes a file of a run folder, given its path in the folder. */
export type PutFile = (path: string, chunks: Chunks) => Promise<void>;

/** Files that belong together: all are synced to disk before the first is renamed to its final name. */
export interface StagedFiles {
  readonly put: PutFile;
  /** Digests of the files put so far, by path. */
  readonly digests: ReadonlyMap<string, FileDigest>;
  /** Registers an action that runs right before the renames. */
  beforeCommit(act: () => Promise<void>): void;
  /** Renames all of them to their final names, in the order in which they were put. */
  commit(): Promise<void>;
  /** Removes those that were not renamed. */
  discard(): Promise<void>;
}

/** Until `commit`, which only renames, a full disk or a kill leaves the folder unchanged. */
export async function stageFiles(runDir: string, stage = stageFile): Promise<StagedFiles> {
  await removeParts(runDir);
  const staged = new Map<string, StagedFile>();
  const acts: (() => Promise<void>)[] = [];
  return {
    digests: staged,
    put: async (path, chunks) => {
      await staged.get(path)?.discard();
      staged.set(path, await stage(join(runDir, path), chunks));
    },
    beforeCommit: (act) => void acts.push(act),
    commit: async () => {
      for (const act of acts) await act();
      for (const { commit } of staged.values()) await commit();
    },
    discard: async () => {
      for (const { discard } of staged.values()) await discard();
    },
  };
}

/** Writes a single file atomically: neither a reader nor a crash ever sees half of it. */
export function putInto(runDir: string): PutFile {
  return async (path, chunks) => {
    const { commit } = await stageFile(join(runDir, path), chunks);
    await commit();
  };
}

interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

export function hashFile(path: string): Promise<FileDigest> {
  return hashChunks(readChunks(path));
}

/** The size and SHA-256 that a file with these chunks would have, without writing it. */
export async function hashChunks(chunks: Chunks): Promise<FileDigest> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += Buffer.byteLength(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
}

const isPacked = (path: string) => path.endsWith(".gz");

/** The bytes of a file with this text: compressed if its name ends in .gz. */
export function packedFor(path: string, text: AsyncIterable<string> | Iterable<string>): Chunks {
  // The stream that is returned throws what reading the text threw.
  return isPacked(path) ? pipeline(Readable.from(text), createGzip(), () => undefined) : text;
}

/**
 * The digest of a file's text, which for a .gz file is what it holds: another version of Node may compress the same
 * text to other bytes. `null` if it cannot be decompressed.
 */
export async function hashText(path: string): Promise<FileDigest | null> {
  if (!isPacked(path)) return hashFile(path);
  try {
    return await hashChunks(pipeline(Readable.from(readChunks(path)), createGunzip(), () => undefined));
  } catch (error) {
    if (/^Z_/.test((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}
