import { mkdir, open, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BlobStore } from "./blobs.js";

const READ_BYTES = 256 * 1024;

/** One file a blob, so that a removed object leaves nothing behind. */
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
