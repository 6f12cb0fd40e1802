import type { RequestHeaders } from "../store/object-store.js";
import { everyCopyHeaders, resentHeaders } from "./copy-headers.js";
import { type Copied, type CopyAttempt, destinationGuard, sourceCondition, sourceVersion } from "./copy-job.js";

/** One CopyObject onto the object itself. Headers, user metadata and tags stay; the rest is sent again. */
export function singleCopy(attempt: CopyAttempt): Promise<Copied> {
  return copyWith(attempt, {
    "x-amz-metadata-directive": "COPY",
    ...(attempt.capabilities.objectTagging ? { "x-amz-tagging-directive": "COPY" } : {}),
  });
}

/** The same where the store calls a copy illegal that changes no metadata: all of it is sent again. */
export function replacingCopy(attempt: CopyAttempt): Promise<Copied> {
  const { job, carried, capabilities } = attempt;
  return copyWith(attempt, {
    "x-amz-metadata-directive": "REPLACE",
    ...(capabilities.objectTagging ? { "x-amz-tagging-directive": "REPLACE" } : {}),
    ...resentHeaders(job.facts, carried, capabilities),
  });
}

async function copyWith(attempt: CopyAttempt, headers: RequestHeaders): Promise<Copied> {
  const { job, carried, capabilities } = attempt;
  const { store, facts, context } = job;
  const { bucket, key, etag } = facts;
  const { copySourceIfMatch, etagForm } = capabilities;
  const destination = destinationGuard(attempt);
  const written = await store.copyObject({
    bucket,
    key,
    sourceVersionId: sourceVersion(job),
    headers: {
      ...headers,
      ...everyCopyHeaders(facts, carried, { policy: context.policy, capabilities }, new Date()),
      ...facts.customerKey?.sourceHeaders(),
      ...(copySourceIfMatch ? sourceCondition(etag, etagForm) : {}),
      ...destination.headers,
    },
  });
  return { ...written, guard: destination.guard };
}
