import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Chunks, readChunks, removeParts, type StagedFile, stageFile } from "./folder-files.js";

/** How a file of a run folder is written, by its path in the folder. */
export type PutFile = (path: string, chunks: Chunks) => Promise<void>;

/** Files that belong together: none is in its place before all of them are on the disk. */
export interface StagedFiles {
  readonly put: PutFile;
  /** Of what was put, by path. */
  readonly digests: ReadonlyMap<string, FileDigest>;
  /** What is done right before they are put in their place. */
  beforeCommit(act: () => Promise<void>): void;
  /** Puts all of them in their place, in the order in which they came. */
  commit(): Promise<void>;
  /** Removes those that are not in their place. */
  discard(): Promise<void>;
}

/** A disk that is full, or a kill, leaves the folder as it was until `commit`, which only renames. */
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

/** Writes a single file whole or not at all: a reader never meets half of it, nor does a crash leave one. */
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

/** The size and SHA-256 of what would be a file, without its being one. */
export async function hashChunks(chunks: AsyncIterable<string | Buffer> | Iterable<string>): Promise<FileDigest> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += Buffer.byteLength(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
}
