import type { UploadRecord } from "../journal/record.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";

/** Aborts what a killed session of this very run left open, and nobody else's uploads. */
export async function abortLeftUploads(store: ObjectStore, uploads: readonly UploadRecord[]): Promise<void> {
  for (const { bucket, key, uploadId } of uploads) {
    try {
      await store.abortMultipartUpload({ bucket, key, uploadId });
    } catch (error) {
      // Completed or aborted after all.
      if (!(error instanceof StoreError && error.kind === "not-found")) throw error;
    }
  }
}
