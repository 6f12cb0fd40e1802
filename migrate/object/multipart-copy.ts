import { createHash } from "node:crypto";
import type { Capabilities } from "../model/capabilities.js";
import {
  type PartLimits,
  type PartRange,
  partCount,
  partRanges,
  partSize,
  rangesOfSizes,
} from "../plan/part-ranges.js";
import type { UploadedPart, WriteResult } from "../store/answers.js";
import type { CompleteUploadInput, RequestHeaders, UploadInput } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { bareEtag, writtenVersion } from "../store/wire.js";
import { beginUpload, unlessGone } from "./abort-upload.js";
import { refuseIfChanged } from "./changed-during-copy.js";
import { destinationGuard, everyCopyHeaders, resentHeaders, sourceCondition, sourceVersion } from "./copy-headers.js";
import type { Copied, CopyAttempt, CopyJob } from "./copy-job.js";

/** Copies the object onto itself in parts. The upload is completed or aborted, whatever happens. */
export async function multipartCopy(attempt: CopyAttempt): Promise<Copied> {
  const { job, carried, capabilities } = attempt;
  const { store, facts, context } = job;
  const ranges = await sourceParts(job, capabilities);
  const headers = {
    ...everyCopyHeaders(facts, carried, { policy: context.policy, capabilities }, new Date()),
    ...resentHeaders(facts, carried, capabilities),
    ...checksumOfUpload(job),
  };
  const upload = await beginUpload(attempt, headers);
  try {
    await context.journal.append({ kind: "upload", ...upload, at: context.now().toISOString() });
    return await copyAndComplete(attempt, upload, ranges);
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

async function copyAndComplete(
  attempt: CopyAttempt,
  upload: UploadInput,
  ranges: readonly PartRange[],
): Promise<Copied> {
  const { job } = attempt;
  const parts = await copyParts(attempt, upload, ranges);
  refuseOtherBytes(attempt, parts);
  // Parts of a large object take a while, and what leaves the ETag alone fails no condition.
  await refuseIfChanged(attempt);
  const destination = destinationGuard(attempt);
  const headers = {
    ...destination.headers,
    // S3 wants it again where the upload has a checksum, other stores always.
    ...job.context.policy.target.customerKey?.headers(),
  };
  const written = await complete(job, { ...upload, parts, headers });
  return { ...written, guard: destination.guard };
}

/**
 * A part that is the whole object has its ETag, where those are MD5s. One that has another was copied from other bytes, as by a
 * store that takes the key for another: rejects as a condition that failed, before anything is replaced.
 */
function refuseOtherBytes({ job, capabilities }: CopyAttempt, parts: readonly UploadedPart[]): void {
  const { facts, context } = job;
  const [whole, ...others] = parts;
  const isKept = capabilities.partEtagIsMd5 && context.policy.target.keepsEtag("copy", facts);
  if (!isKept || whole === undefined || others.length > 0) return;
  const etag = bareEtag(whole.etag);
  if (etag === facts.etag) return;
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
async function copyParts(
  { job, capabilities }: CopyAttempt,
  upload: UploadInput,
  ranges: readonly PartRange[],
): Promise<UploadedPart[]> {
  const { store, facts, context } = job;
  const failed = new AbortController();
  const sourceVersionId = sourceVersion(job);
  const headers = {
    ...(capabilities.partCopySourceIfMatch ? sourceCondition(facts.etag, capabilities.etagForm) : {}),
    ...facts.customerKey?.sourceHeaders(),
    ...context.policy.target.customerKey?.headers(),
  };
  const copyPart = async (part: PartRange): Promise<UploadedPart[]> => {
    if (failed.signal.aborted) return [];
    try {
      context.signal?.throwIfAborted();
      return [await store.uploadPartCopy({ ...upload, ...part, sourceVersionId, headers })];
    } catch (error) {
      failed.abort(error);
      return [];
    }
  };
  const parts = await Promise.all(ranges.map((part) => context.partLimit(() => copyPart(part))));
  failed.signal.throwIfAborted();
  return parts.flat();
}

/**
 * The ranges to copy an object in. Where it was uploaded in parts they are its own, so that its ETag stays: their first
 * size tells all of them where they are of one size, as they mostly are. Where the ETag is to be kept each is asked for, which
 * costs a HEAD a part. An object in one piece is cut as the policy says.
 */
export async function sourceParts(job: CopyJob, capabilities: Capabilities): Promise<readonly PartRange[]> {
  const { facts, context } = job;
  const { policy } = context;
  const count = partCount(facts.etag);
  const first = count === null ? null : await partBytes(job, 1);
  const uniform = count !== null && first !== null && Math.ceil(facts.sizeBytes / first) === count;
  // The first of three or more tells of the others only what is likely.
  const isCertain = uniform && count <= 2;
  if (count !== null && !isCertain && policy.etag === "keep") return ownParts(job, count, first, capabilities);
  const wanted = uniform ? first : policy.partBytes;
  return [...partRanges(facts.sizeBytes, partSize(facts.sizeBytes, wanted, capabilities))];
}

async function ownParts(
  job: CopyJob,
  count: number,
  first: number | null,
  limits: PartLimits,
): Promise<readonly PartRange[]> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const sizes = await Promise.all(
    numbers.map(async (number) => (number === 1 ? first : job.context.partLimit(() => partBytes(job, number)))),
  );
  const known = sizes.filter((bytes) => bytes !== null);
  const ranges = known.length === count ? rangesOfSizes(known, job.facts.sizeBytes, limits) : null;
  if (ranges === null) throw new PartsUnknown();
  return ranges;
}

/** The store does not tell of which parts an object is made, or they are none that it takes today. */
export class PartsUnknown extends Error {
  override readonly name = "PartsUnknown";
}

/** HEAD with a part number answers that part's length; a store that does not know the number answers the object's. */
async function partBytes({ store, facts }: CopyJob, partNumber: number): Promise<number | null> {
  const { bucket, key } = facts;
  const { headers } = await store.headObject({
    bucket,
    key,
    versionId: facts.versionId ?? undefined,
    partNumber,
    headers: facts.customerKey?.headers(),
  });
  const bytes = Number(headers["content-length"]);
  return Number.isInteger(bytes) && bytes > 0 ? bytes : null;
}

/**
 * The upload whose completion seemed to fail, where the object is what it would have made: its answer was lost, and the
 * call that was made again found the upload gone. `null` where it is not, or cannot be told.
 */
async function landedUpload(
  { store, facts, context }: CopyJob,
  parts: readonly UploadedPart[],
): Promise<WriteResult | null> {
  const { bucket, key } = facts;
  const made = multipartEtag(parts);
  if (made === null || made === facts.etag) return null;
  try {
    const { headers, requestId } = await store.headObject({
      bucket,
      key,
      headers: context.policy.target.customerKey?.headers(),
    });
    const etag = bareEtag(headers.etag ?? "");
    return etag === made ? { etag, versionId: writtenVersion(headers["x-amz-version-id"]), requestId } : null;
  } catch {
    // The error of the completion is the one to tell.
    return null;
  }
}

/** As S3 makes it: the MD5 of the MD5s of the parts, and their count. */
function multipartEtag(parts: readonly UploadedPart[]): string | null {
  const etags = parts.map(({ etag }) => bareEtag(etag));
  if (!etags.every((etag) => /^[0-9a-f]{32}$/.test(etag))) return null;
  const digest = createHash("md5")
    .update(Buffer.from(etags.join(""), "hex"))
    .digest("hex");
  return `${digest}-${parts.length}`;
}
