import type { RequestHeaders, UploadInput } from "../store/object-store.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import { abortUnwritten } from "./abort-unwritten.js";
import type { CopyJob } from "./copied.js";

/** After these an upload may have been begun all the same. */
const MAY_BE_BEGUN: ReadonlySet<StoreErrorKind> = new Set(["unreachable", "server-error", "throttled"]);

/** Begins an upload. What an attempt before left open, whose answer was lost, is aborted. */
export async function beginUpload(job: CopyJob, headers: RequestHeaders): Promise<UploadInput> {
  const { bucket, key } = job.facts;
  try {
    const { uploadId, retried } = await job.store.createMultipartUpload({ bucket, key, headers });
    if (retried) await sweep(job, [uploadId]);
    return { bucket, key, uploadId };
  } catch (error) {
    if (error instanceof StoreError && MAY_BE_BEGUN.has(error.kind)) await sweep(job, []);
    throw error;
  }
}

/** What cannot be swept now is swept by a resumed run, from the same intent. */
async function sweep({ store, intent }: CopyJob, written: readonly string[]): Promise<void> {
  try {
    if (intent) await abortUnwritten(store, intent, written);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
