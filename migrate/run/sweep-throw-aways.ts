import type { ThrowAwayRecord } from "../journal/record.js";
import type { Unfinished } from "../journal/resume.js";
import type { RunFile } from "../journal/run-folder.js";
import { cleanUp } from "../probe/clean-up.js";
import { leftoverWords } from "../probe/words.js";
import type { ObjectStore } from "../store/object-store.js";

interface Left {
  readonly begun: readonly ThrowAwayRecord[];
  /** Uploads by their ids, which a listing may not show. */
  readonly unfinished: readonly Unfinished[];
}

/** Deletes what earlier sessions of this very run put only to delete it again; what stays is a warning of its bucket. */
export async function sweepThrowAways(
  store: ObjectStore,
  { begun, unfinished }: Left,
  runFile: RunFile,
): Promise<void> {
  for (const { bucket, key } of begun) {
    const found = runFile.current().buckets.find((known) => known.bucket === bucket);
    const listing = found?.versioning === "never" ? "objects" : "versions";
    const ofIt = unfinished
      .flatMap(({ uploads }) => uploads)
      .filter((upload) => upload.bucket === bucket && upload.key.startsWith(key));
    const uploads = new Map(ofIt.map((upload) => [upload.uploadId, upload.key]));
    const leftovers = await cleanUp(store, { bucket, prefix: key, listing }, { keys: new Set(), uploads });
    if (leftovers.length === 0) continue;
    const words = leftovers.map((leftover) => leftoverWords(bucket, leftover));
    await runFile.note(bucket, ({ warnings }) => ({ warnings: [...new Set([...warnings, ...words])] }));
  }
}
