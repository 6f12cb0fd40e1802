import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Chunks, readChunks, removeParts, type StagedFile, stageFile } from "./folder-files.js";

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
export async function hashChunks(chunks: AsyncIterable<string | Buffer> | Iterable<string>): Promise<FileDigest> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += Buffer.byteLength(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
}
