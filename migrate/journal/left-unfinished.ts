import type { IntentRecord, JournalRecord, UploadRecord } from "./record.js";

/** What a killed session had begun with one object. */
export interface Unfinished {
  readonly intents: readonly IntentRecord[];
  /** Nobody knows whether these were completed or aborted. */
  readonly uploads: readonly UploadRecord[];
}

/** Copies of more than one call whose object has no outcome yet. */
export async function leftUnfinished(records: AsyncIterable<JournalRecord>): Promise<readonly Unfinished[]> {
  const left = new Map<string, { intents: IntentRecord[]; uploads: UploadRecord[] }>();
  for await (const record of records) {
    if (record.kind !== "outcome" && record.kind !== "intent" && record.kind !== "upload") continue;
    const object = JSON.stringify([record.bucket, record.key]);
    if (record.kind === "outcome") {
      left.delete(object);
      continue;
    }
    const begun = left.get(object) ?? { intents: [], uploads: [] };
    if (record.kind === "intent") begun.intents.push(record);
    else begun.uploads.push(record);
    left.set(object, begun);
  }
  return [...left.values()];
}
