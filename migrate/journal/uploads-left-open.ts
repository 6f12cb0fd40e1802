import type { JournalRecord, UploadRecord } from "./record.js";

/** Uploads whose object has no outcome yet: nobody knows whether they were completed or aborted. */
export async function uploadsLeftOpen(records: AsyncIterable<JournalRecord>): Promise<readonly UploadRecord[]> {
  const open = new Map<string, UploadRecord[]>();
  for await (const record of records) {
    if (record.kind === "checkpoint") continue;
    const object = JSON.stringify([record.bucket, record.key]);
    if (record.kind === "upload") open.set(object, [...(open.get(object) ?? []), record]);
    else open.delete(object);
  }
  return [...open.values()].flat();
}
