import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileBlobs, MemoryBlobs } from "./blobs.js";
import { applyChange, type Bucket, type BucketFacts, blobIds, changesOf, newBucket } from "./bucket.js";
import { Journal, readJournal } from "./journal.js";
import { KeyRing, newKey } from "./seal.js";
import { type BeforeChange, type ChangeLog, type OpenLog, Store } from "./store.js";

const JOURNAL = ".ndjson";

const openNoLog: OpenLog = () =>
  Promise.resolve({
    append: () => Promise.resolve(),
    close: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  });

/** A store in memory, or the one in a folder. */
export async function openStore(dataDir: string | undefined, beforeChange: BeforeChange): Promise<Store> {
  if (dataDir === undefined) {
    return new Store({ blobs: new MemoryBlobs(), keyRing: new KeyRing(newKey()), openLog: openNoLog, beforeChange });
  }
  const bucketFolder = join(dataDir, "buckets");
  const blobFolder = join(dataDir, "blobs");
  await mkdir(bucketFolder, { recursive: true, mode: 0o700 });
  await mkdir(blobFolder, { recursive: true, mode: 0o700 });
  const keyRing = new KeyRing(await masterKey(join(dataDir, "master.key")));
  const openLog: OpenLog = (name, changes) => Journal.create(join(bucketFolder, name + JOURNAL), changes);
  const buckets = await readBuckets(bucketFolder);
  await removeOrphans(blobFolder, buckets.values());
  const logs = new Map<string, ChangeLog>();
  for (const [name, bucket] of buckets) {
    // Rewritten without overwritten and deleted entries.
    logs.set(name, await openLog(name, changesOf(bucket)));
  }
  return new Store({ blobs: new FileBlobs(blobFolder), keyRing, openLog, buckets, logs, beforeChange });
}

async function masterKey(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw error;
    }
    const key = newKey();
    await writeFile(path, key, { mode: 0o600, flag: "wx" });
    return key;
  }
}

async function readBuckets(folder: string): Promise<Map<string, Bucket>> {
  const buckets = new Map<string, Bucket>();
  const names = (await readdir(folder)).filter((name) => name.endsWith(JOURNAL));
  for (const name of names.sort()) {
    const bucket = newBucket({} as BucketFacts);
    for await (const change of readJournal(join(folder, name))) {
      applyChange(bucket, change);
    }
    if (bucket.facts.name !== undefined) {
      buckets.set(bucket.facts.name, bucket);
    }
  }
  return buckets;
}

// Left by uploads that a stop interrupted. They may contain plaintext.
async function removeOrphans(blobFolder: string, buckets: Iterable<Bucket>): Promise<void> {
  const used = new Set<string>();
  for (const bucket of buckets) {
    for (const version of [...bucket.versions.values()].flat()) {
      for (const id of blobIds(version)) {
        used.add(id);
      }
    }
    for (const upload of bucket.uploads.values()) {
      for (const { piece } of upload.parts.values()) {
        used.add(piece.blobId);
      }
    }
  }
  for (const entry of await readdir(blobFolder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && !used.has(entry.name)) {
      await rm(join(entry.parentPath, entry.name), { force: true });
    }
  }
}
