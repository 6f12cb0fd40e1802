import pLimit from "p-limit";
import { type PartRange, partRanges, partSize } from "../plan/part-ranges.js";
import type { UploadedPart, WriteResult } from "../store/answers.js";
import type { CompleteUploadInput, UploadInput } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { everyCopyHeaders, multipartHeaders, tagsLeftOver } from "./carried-headers.js";
import { destinationCondition, sourceCondition } from "./conditions.js";
import type { Copied, CopyJob } from "./copied.js";
import { landedUpload } from "./landed-upload.js";

const PARTS_IN_FLIGHT = 4;

/** Copies the object onto itself in parts. The upload is completed or aborted, whatever happens. */
export async function multipartCopy(job: CopyJob): Promise<Copied> {
  const { store, facts, carried, capabilities } = job;
  const { bucket, key } = facts;
  const headers = { ...everyCopyHeaders(facts, carried, new Date()), ...multipartHeaders(facts, carried) };
  const wanted = (await sourcePartBytes(job)) ?? job.policy.partBytes;
  const partBytes = partSize(facts.sizeBytes, wanted, capabilities);
  const { uploadId } = await store.createMultipartUpload({ bucket, key, headers });
  const upload: UploadInput = { bucket, key, uploadId };
  const copied = await completeOrAbort(job, upload, partBytes);
  await putTagsLeftOver(job, copied);
  return copied;
}

/** The object is copied by now: tags that cannot be put again are told, so that they are not lost. */
async function putTagsLeftOver({ store, facts, carried }: CopyJob, { versionId }: Copied): Promise<void> {
  const tags = tagsLeftOver(carried);
  if (tags.length === 0) return;
  const { bucket, key } = facts;
  try {
    await store.putObjectTagging({ bucket, key, versionId: versionId ?? undefined, tags });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const message = `${error.facts.message}; copied and encrypted, but without its tags, which were ${JSON.stringify(tags)}`;
    throw new StoreError({ ...error.facts, message, kind: "other" }, error);
  }
}

async function completeOrAbort(job: CopyJob, upload: UploadInput, partBytes: number): Promise<Copied> {
  const { store, facts, capabilities } = job;
  const { completeMultipartIfMatch, etagForm } = capabilities;
  try {
    await job.onUpload(upload);
    const parts = await copyParts(job, upload, [...partRanges(facts.sizeBytes, partBytes)]);
    const headers = completeMultipartIfMatch ? destinationCondition(facts.etag, etagForm) : {};
    const written = await complete(job, { ...upload, parts, headers });
    return { ...written, guard: completeMultipartIfMatch ? "source-and-destination" : "source" };
  } catch (error) {
    // The copy's own error is the one to tell; an upload that is gone already needs no abort.
    await store.abortMultipartUpload(upload).catch(() => undefined);
    throw error;
  }
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
  const { store, facts, capabilities } = job;
  const limit = pLimit(PARTS_IN_FLIGHT);
  const failed = new AbortController();
  const headers = sourceCondition(facts.etag, capabilities.etagForm);
  const copyPart = async (part: PartRange): Promise<UploadedPart[]> => {
    if (failed.signal.aborted) return [];
    try {
      job.signal?.throwIfAborted();
      return [await store.uploadPartCopy({ ...upload, ...part, headers })];
    } catch (error) {
      failed.abort(error);
      return [];
    }
  };
  const parts = await Promise.all(ranges.map((part) => limit(copyPart, part)));
  failed.signal.throwIfAborted();
  return parts.flat();
}

/** The size of the source's first part, where it was uploaded in several: its ETag then ends in their count. */
async function sourcePartBytes({ store, facts }: CopyJob): Promise<number | null> {
  const count = Number(/-(\d+)$/.exec(facts.etag)?.[1] ?? 1);
  if (count < 2) return null;
  const { bucket, key } = facts;
  const head = await store.headObject({ bucket, key, versionId: facts.versionId ?? undefined, partNumber: 1 });
  const partBytes = Number(head.headers["content-length"]);
  return Math.ceil(facts.sizeBytes / partBytes) === count ? partBytes : null;
}
