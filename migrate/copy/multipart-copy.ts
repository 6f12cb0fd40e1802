import { targetKey } from "../model/target.js";
import type { PartRange } from "../plan/part-ranges.js";
import type { UploadedPart, WriteResult } from "../store/answers.js";
import type { CompleteUploadInput, RequestHeaders, UploadInput } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { bareEtag } from "../store/wire.js";
import { unlessGone } from "./abort-unwritten.js";
import { beginUpload } from "./begin-upload.js";
import { everyCopyHeaders, resentHeaders } from "./carried-headers.js";
import { sourceCondition } from "./conditions.js";
import type { Copied, CopyJob } from "./copied.js";
import { destinationGuard, sourceVersion } from "./ends-of-copy.js";
import { landedUpload } from "./landed-upload.js";
import { refuseIfChanged } from "./refuse-if-changed.js";
import { sourceParts } from "./source-parts.js";

/** Copies the object onto itself in parts. The upload is completed or aborted, whatever happens. */
export async function multipartCopy(job: CopyJob): Promise<Copied> {
  const { store, facts, carried, capabilities } = job;
  const ranges = await sourceParts(job);
  const headers = {
    ...everyCopyHeaders(facts, carried, job, new Date()),
    ...resentHeaders(facts, carried, capabilities),
    ...checksumOfUpload(job),
  };
  const upload = await beginUpload(job, headers);
  try {
    await job.onUpload(upload);
    return await copyAndComplete(job, upload, ranges);
  } catch (error) {
    // The copy's own error is the one to tell; an upload that is gone already needs no abort.
    const left = await unlessGone(store.abortMultipartUpload(upload)).catch((refusal: unknown) => refusal);
    throw left instanceof StoreError ? withLeftUpload(error, upload, left) : error;
  }
}

function withLeftUpload(error: unknown, { uploadId }: UploadInput, refusal: StoreError): unknown {
  if (!(error instanceof StoreError)) return error;
  const left = `the upload ${uploadId} could not be aborted (${refusal.facts.code}) and stays open`;
  return new StoreError({ ...error.facts, message: `${error.facts.message}; ${left}` }, error);
}

/** The algorithm and kind of checksum that the source has, where parts can have one over the whole: CRCs alone can. */
function checksumOfUpload({ facts: { checksums } }: CopyJob): RequestHeaders {
  const { type, ...values } = checksums;
  const [algorithm] = Object.keys(values);
  if (algorithm === undefined) return {};
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
  const isPossible = algorithm.startsWith("crc") || type === "COMPOSITE";
  return {
    "x-amz-checksum-algorithm": algorithm.toUpperCase(),
    ...(type === undefined || !isPossible ? {} : { "x-amz-checksum-type": type }),
  };
}

async function copyAndComplete(job: CopyJob, upload: UploadInput, ranges: readonly PartRange[]): Promise<Copied> {
  const parts = await copyParts(job, upload, ranges);
  refuseOtherBytes(job, parts);
  // Parts of a large object take a while, and what leaves the ETag alone fails no condition.
  await refuseIfChanged(job);
  const destination = destinationGuard(job, "copy-multipart");
  const headers = {
    ...destination.headers,
    // S3 wants it again where the upload has a checksum, other stores always.
    ...targetKey(job.policy.target)?.headers(),
  };
  const written = await complete(job, { ...upload, parts, headers });
  return { ...written, guard: destination.guard };
}

const MD5 = /^[0-9a-f]{32}$/;

/**
 * A part that is the whole object has its ETag, where those are MD5s. One that has another was copied from other bytes, as by a
 * store that takes the key for another: rejects as a condition that failed, before anything is replaced.
 */
function refuseOtherBytes({ facts, policy, capabilities }: CopyJob, parts: readonly UploadedPart[]): void {
  const [whole, ...others] = parts;
  const isUnderKey = facts.encryption.state === "sse-c" || policy.target.kind === "sse-c";
  if (!capabilities.partEtagIsMd5 || isUnderKey || whole === undefined || others.length > 0) return;
  const etag = bareEtag(whole.etag);
  if (!MD5.test(facts.etag) || etag === facts.etag) return;
  const message = `its only part came back with the ETag ${etag}, and the object has ${facts.etag}: other bytes were copied`;
  const known = { kind: "precondition-failed", operation: "uploadPartCopy", status: 200, requestId: null } as const;
  throw new StoreError({ ...known, code: "OtherBytes", message });
}

async function complete(job: CopyJob, input: CompleteUploadInput): Promise<WriteResult> {
  try {
    return await job.store.completeMultipartUpload(input);
  } catch (error) {
    const landed = await landedUpload(job, input.parts);
    if (landed === null) throw error;
    return landed;
  }
}

/** Settles every part before it rejects: a part still under way would outlive the abort, and be billed. */
async function copyParts(job: CopyJob, upload: UploadInput, ranges: readonly PartRange[]): Promise<UploadedPart[]> {
  const { store, facts, capabilities, policy, partLimit } = job;
  const failed = new AbortController();
  const sourceVersionId = sourceVersion(job);
  const headers = {
    ...(capabilities.partCopySourceIfMatch ? sourceCondition(facts.etag, capabilities.etagForm) : {}),
    ...facts.customerKey?.sourceHeaders(),
    ...targetKey(policy.target)?.headers(),
  };
  const copyPart = async (part: PartRange): Promise<UploadedPart[]> => {
    if (failed.signal.aborted) return [];
    try {
      job.signal?.throwIfAborted();
      return [await store.uploadPartCopy({ ...upload, ...part, sourceVersionId, headers })];
    } catch (error) {
      failed.abort(error);
      return [];
    }
  };
  const parts = await Promise.all(ranges.map((part) => partLimit(() => copyPart(part))));
  failed.signal.throwIfAborted();
  return parts.flat();
}
