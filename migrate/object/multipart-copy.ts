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

/** Copies the object onto itself in parts. The upload is always completed or aborted. */
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
    // The error of the copy is the one to report. An upload that no longer exists needs no abort.
    const left = await unlessGone(store.abortMultipartUpload(upload)).catch((refusal: unknown) => refusal);
    throw left instanceof StoreError ? withLeftUpload(error, upload, left) : error;
  }
}

function withLeftUpload(error: unknown, { uploadId }: UploadInput, refusal: StoreError): unknown {
  if (!(error instanceof StoreError)) return error;
  const left = `the upload ${uploadId} could not be aborted (${refusal.facts.code}) and stays open`;
  return new StoreError({ ...error.facts, message: `${error.facts.message}; ${left}` }, error);
}

/**
 * The checksum algorithm and type of the source. The type is left out if it covers the whole object and the
 * algorithm is not a CRC: only CRCs of parts can do that.
 */
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
  // Parts of a large object take a while, and a change that leaves the ETag alone fails no condition.
  await refuseIfChanged(attempt);
  const destination = destinationGuard(attempt);
  const headers = {
    ...destination.headers,
    // S3 requires the key again if the upload has a checksum. Other stores always require it.
    ...job.context.policy.target.customerKey?.headers(),
  };
  const written = await complete(job, { ...upload, parts, headers });
  return { ...written, guard: destination.guard };
}

/**
 * If the whole object is one part, that part has the object's ETag on stores whose ETags are MD5s. A
 * different ETag means that other bytes were copied, for example by a store that mistakes the key for another
 * one. Rejects as a failed condition does, before anything is replaced.
 */
function refuseOtherBytes({ job, capabilities }: CopyAttempt, parts: readonly UploadedPart[]): void {
  const { facts, context } = job;
  const [whole, ...others] = parts;
  const isKept = capabilities.partEtagIsMd5 && context.policy.target.keepsEtag("copy", facts);
  if (!isKept || whole === undefined || others.length > 0) return;
  const etag = bareEtag(whole.etag);
  if (etag === facts.etag) return;
  const message = `its only part has the ETag ${etag}, but the object has ${facts.etag}: other bytes were copied`;
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

/** Waits for every part before it rejects: a part in progress would outlive the abort, and be billed. */
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
 * The ranges in which to copy an object. If it was uploaded in parts, its own parts are used, so that its
 * ETag stays the same. If all parts have one size, as they mostly do, the size of the first is enough. If the
 * ETag must be kept, the size of each part is requested, which costs one HEAD per part. An object in one
 * piece is split according to the policy.
 */
export async function sourceParts(job: CopyJob, capabilities: Capabilities): Promise<readonly PartRange[]> {
  const { facts, context } = job;
  const { policy } = context;
  const count = partCount(facts.etag);
  const first = count === null ? null : await partBytes(job, 1);
  const uniform = count !== null && first !== null && Math.ceil(facts.sizeBytes / first) === count;
  // If there are three or more parts, the size of the first makes those of the others only likely.
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

/** The store does not report the object's parts, or it would not accept such parts today. */
export class PartsUnknown extends Error {
  override readonly name = "PartsUnknown";
}

/**
 * HEAD with a part number returns the length of that part. A store that does not know the number returns the
 * length of the object.
 */
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
 * The result of an upload whose completion seemed to fail, if the object is what it would have made. In that
 * case the answer was lost, and the repeated call found no upload. `null` if it is not, or if that is
 * unknown.
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
    // The error of the completion is the one to report.
    return null;
  }
}

/** As S3 computes it: the MD5 of the MD5s of the parts, and their count. */
function multipartEtag(parts: readonly UploadedPart[]): string | null {
  const etags = parts.map(({ etag }) => bareEtag(etag));
  if (!etags.every((etag) => /^[0-9a-f]{32}$/.test(etag))) return null;
  const digest = createHash("md5")
    .update(Buffer.from(etags.join(""), "hex"))
    .digest("hex");
  return `${digest}-${parts.length}`;
}
