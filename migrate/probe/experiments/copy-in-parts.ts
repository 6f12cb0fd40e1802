import type { UploadedPart } from "../../store/answers.js";
import type { ObjectStore, RequestHeaders } from "../../store/object-store.js";
import { SSE_HEADER } from "../copy-style.js";
import type { Sample } from "../probe-session.js";

export interface CopiedInParts {
  readonly uploadId: string;
  readonly parts: readonly UploadedPart[];
}

/** Begins an upload on an object and copies all of it into the one part. The clean-up aborts what is not completed. */
export async function copyInParts(
  store: ObjectStore,
  { bucket, key, body }: Pick<Sample, "bucket" | "key" | "body">,
  headersOfUpload: RequestHeaders = {},
  headersOfPart: RequestHeaders = {},
): Promise<CopiedInParts> {
  const { uploadId } = await store.createMultipartUpload({
    bucket,
    key,
    headers: { ...SSE_HEADER, ...headersOfUpload },
  });
  const part = await store.uploadPartCopy({
    bucket,
    key,
    uploadId,
    partNumber: 1,
    range: [0, body.length - 1],
    headers: headersOfPart,
  });
  return { uploadId, parts: [part] };
}
