import { inParallel } from "./in-parallel.js";
import { createBucket, type NewObject, putObject } from "./put-object.js";
import type { RawS3 } from "./raw-s3.js";

/** Makes a bucket and puts objects into it. */
export async function fillBucket(raw: RawS3, bucket: string, objects: Iterable<NewObject>): Promise<void> {
  await createBucket(raw, bucket);
  await inParallel(objects, (object) => putObject(raw, bucket, object));
}
