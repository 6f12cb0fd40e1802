import { randomUUID } from "node:crypto";
import type { BlobStore } from "./blobs.js";
import { applyChange, type Bucket, type BucketFacts, type Change, changesOf, newBucket } from "./bucket.js";
import type { KeyRing } from "./seal.js";

/** Persists the changes of a bucket. In memory, it does nothing. */
export interface ChangeLog {
  append(change: Change): Promise<void>;
  close(): Promise<void>;
  destroy(): Promise<void>;
}

export type OpenLog = (bucketName: string, changes: Iterable<Change>) => Promise<ChangeLog>;

/** Called before each change is applied to the bucket. */
export type BeforeChange = (bucket: Bucket, change: Change) => void;

/** All buckets, their changes and their bytes. */
export class Store {
  readonly buckets: Map<string, Bucket>;
  readonly keyRing: KeyRing;
  readonly #blobs: BlobStore;
  readonly #openLog: OpenLog;
  readonly #logs: Map<string, ChangeLog>;
  readonly #beforeChange: BeforeChange;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(parts: {
    readonly blobs: BlobStore;
    readonly keyRing: KeyRing;
    readonly openLog: OpenLog;
    readonly buckets?: Map<string, Bucket>;
    readonly logs?: Map<string, ChangeLog>;
    readonly beforeChange?: BeforeChange;
  }) {
    this.#blobs = parts.blobs;
    this.keyRing = parts.keyRing;
    this.#openLog = parts.openLog;
    this.buckets = parts.buckets ?? new Map();
    this.#logs = parts.logs ?? new Map();
    this.#beforeChange = parts.beforeChange ?? (() => undefined);
  }

  async createBucket(facts: BucketFacts): Promise<void> {
    const bucket = newBucket(facts);
    this.buckets.set(facts.name, bucket);
    this.#logs.set(facts.name, await this.#openLog(facts.name, changesOf(bucket)));
  }

  async deleteBucket(bucket: Bucket): Promise<void> {
    const { name } = bucket.facts;
    this.buckets.delete(name);
    const parts = [...bucket.uploads.values()].flatMap((upload) => [...upload.parts.values()]);
    await this.removeBlobs(parts.map(({ piece }) => piece.blobId));
    await this.#logs.get(name)?.destroy();
    this.#logs.delete(name);
  }

  /**
   * Applied in memory before it returns to the event loop. When it resolves, the changes are persisted and
   * unused bytes removed.
   */
  async commit(bucket: Bucket, ...changes: readonly Change[]): Promise<void> {
    const unused = changes.flatMap((change) => {
      this.#beforeChange(bucket, change);
      return applyChange(bucket, change);
    });
    const log = this.#logs.get(bucket.facts.name);
    if (log !== undefined) {
      await Promise.all(changes.map((change) => log.append(change)));
    }
    if (unused.length > 0) {
      await this.removeBlobs(unused);
    }
  }

  async writeBlob(chunks: AsyncIterable<Buffer>): Promise<string> {
    const id = randomUUID();
    await this.#blobs.write(id, chunks);
    return id;
  }

  readBlob(id: string, start: number, end: number): AsyncIterable<Buffer> {
    return this.#blobs.read(id, start, end);
  }

  /** Bytes that are being read are removed after their last reader. */
  hold(ids: readonly string[]): () => Promise<void> {
    for (const id of ids) {
      this.#readers.set(id, (this.#readers.get(id) ?? 0) + 1);
    }
    let held = true;
    return async () => {
      if (held) {
        held = false;
        await this.#release(ids);
      }
    };
  }

  async removeBlobs(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.#readers.has(id)) {
        this.#doomed.add(id);
      } else {
        await this.#blobs.remove(id);
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#logs.values()].map((log) => log.close()));
  }

  async #release(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const left = (this.#readers.get(id) ?? 1) - 1;
      if (left > 0) {
        this.#readers.set(id, left);
        continue;
      }
      this.#readers.delete(id);
      if (this.#doomed.delete(id)) {
        await this.#blobs.remove(id);
      }
    }
  }
}
