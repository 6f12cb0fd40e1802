import type { JournalWriter } from "../journal/journal-writer.js";
import type { ThrowAwayRecord } from "../journal/record.js";
import type { UploadInput } from "../store/object-store.js";

/** The objects that this run puts only to delete them again: none of them is an object of the run. */
export interface ThrowAways {
  /** Resolves once it is on the disk that objects whose keys begin so may be there. */
  readonly begin: (bucket: string, key: string) => Promise<void>;
  /** Resolves once it is on the disk that this upload was begun. */
  readonly onUpload: (upload: UploadInput) => Promise<void>;
  readonly has: (object: { readonly bucket: string; readonly key: string }) => boolean;
}

export function openThrowAways(
  journal: Pick<JournalWriter, "append">,
  earlier: readonly ThrowAwayRecord[],
  now: () => Date,
): ThrowAways {
  const begun = [...earlier];
  return {
    begin: async (bucket, key) => {
      const record: ThrowAwayRecord = { kind: "throw-away", bucket, key, at: now().toISOString() };
      begun.push(record);
      await journal.append(record);
    },
    onUpload: ({ bucket, key, uploadId }) =>
      journal.append({ kind: "upload", bucket, key, uploadId, at: now().toISOString() }),
    has: (object) => begun.some(({ bucket, key }) => bucket === object.bucket && object.key.startsWith(key)),
  };
}
