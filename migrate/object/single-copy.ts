import type { RequestHeaders } from "../store/object-store.js";
import { everyCopyHeaders, resentHeaders } from "./copy-headers.js";
import { type Copied, type CopyJob, destinationGuard, sourceCondition, sourceVersion } from "./copy-job.js";

/** One CopyObject onto the object itself. Headers, user metadata and tags stay; the rest is sent again. */
export function singleCopy(job: CopyJob): Promise<Copied> {
  return copyWith(job, {
    "x-amz-metadata-directive": "COPY",
    ...(job.capabilities.objectTagging ? { "x-amz-tagging-directive": "COPY" } : {}),
  });
}

/** The same where the store calls a copy illegal that changes no metadata: all of it is sent again. */
export function replacingCopy(job: CopyJob): Promise<Copied> {
  const { facts, carried, capabilities } = job;
  return copyWith(job, {
    "x-amz-metadata-directive": "REPLACE",
    ...(capabilities.objectTagging ? { "x-amz-tagging-directive": "REPLACE" } : {}),
    ...resentHeaders(facts, carried, capabilities),
  });
}

async function copyWith(job: CopyJob, headers: RequestHeaders): Promise<Copied> {
  const { store, facts, carried, capabilities } = job;
  const { bucket, key, etag } = facts;
  const { copySourceIfMatch, etagForm } = capabilities;
  const destination = destinationGuard(job, "copy");
  const written = await store.copyObject({
    bucket,
    key,
    sourceVersionId: sourceVersion(job),
    headers: {
      ...headers,
      ...everyCopyHeaders(facts, carried, job, new Date()),
      ...facts.customerKey?.sourceHeaders(),
      ...(copySourceIfMatch ? sourceCondition(etag, etagForm) : {}),
      ...destination.headers,
    },
  });
  return { ...written, guard: destination.guard };
}
