import { mkdir, open, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Stores the bytes of objects. The caller chooses the IDs and never reuses one. */
export interface BlobStore {
  /** Stores all chunks or, if the source fails, nothing. */
  write(id: string, chunks: AsyncIterable<Buffer>): Promise<void>;
  /** The bytes from `start` (inclusive) to `end` (exclusive). */
  read(id: string, start: number, end: number): AsyncIterable<Buffer>;
  remove(id: string): Promise<void>;
}

export class MemoryBlobs implements BlobStore {
  readonly #blobs = new Map<string, readonly Buffer[]>();

  async write(id: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const kept: Buffer[] = [];
    for await (const chunk of chunks) {
      kept.push(ownBytes(chunk));
    }
    this.#blobs.set(id, kept);
  }

  async *read(id: string, start: number, end: number): AsyncIterable<Buffer> {
    let offset = 0;
    for (const chunk of this.#blobs.get(id) ?? []) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, chunk.length);
      if (from < to) {
        yield chunk.subarray(from, to);
      }
      offset += chunk.length;
    }
  }

  remove(id: string): Promise<void> {
    this.#blobs.delete(id);
    return Promise.resolve();
  }
}

// A small view would keep its whole network buffer in memory.
function ownBytes(chunk: Buffer): Buffer {
  return chunk.buffer.byteLength > chunk.length ? Buffer.from(new Uint8Array(chunk).buffer) : chunk;
}

const READ_BYTES = 256 * 1024;

/** One file per blob, so that a removed object leaves nothing behind. */
export class FileBlobs implements BlobStore {
  readonly #folder: string;
  readonly #made = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(id: string): string {
    return join(this.#folder, id.slice(0, 2), id);
  }

  async write(id: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    const path = this.pathOf(id);
    await this.#makeFolder(dirname(path));
    try {
      await writeFile(path, chunks, { mode: 0o600 });
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  async *read(id: string, start: number, end: number): AsyncIterable<Buffer> {
    if (start >= end) {
      return;
    }
    const file = await open(this.pathOf(id), "r");
    try {
      for (let at = start; at < end; ) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, end - at));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) {
          throw new Error(`blob ${id} ends at byte ${at} instead of ${end}`);
        }
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  async #makeFolder(path: string): Promise<void> {
    if (!this.#made.has(path)) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      this.#made.add(path);
    }
  }
}
