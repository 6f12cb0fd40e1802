import type { BlobStore } from "./blobs.js";

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

// A small view would keep the whole network buffer it was cut from alive.
function ownBytes(chunk: Buffer): Buffer {
  return chunk.buffer.byteLength > chunk.length ? Buffer.from(new Uint8Array(chunk).buffer) : chunk;
}
