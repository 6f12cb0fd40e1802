import { createHash } from "node:crypto";
import type { UploadedPart } from "../../store/answers.js";
import type { ObjectStore, RequestHeaders } from "../../store/object-store.js";
import { StoreError } from "../../store/store-error.js";
import { bareEtag } from "../../store/wire.js";
import { is, no, notObservable, refusal, yes } from "../answer.js";
import { tryCall } from "../calls.js";
import type { Experiment, ProbeSession, Sample } from "../probe-session.js";
import { SSE_HEADER } from "../probe-session.js";

const COPIES = "upload-part-copy";
const ETAG = "part-etag";

const uploadPartCopy: Experiment = {
  topics: [COPIES, ETAG],
  run: async ({ store, put }) => {
    const sample = await put("part-copy");
    const copied = await tryCall(copyInParts(store, sample));
    if (copied.kind === "refused") return [refusal(COPIES, copied.error), notObservable(ETAG, "part-copy-refused")];
    const isMd5 = copied.value.parts.every(({ etag }) => bareEtag(etag) === sample.etag) && isMd5Of(sample);
    const etag = is(ETAG, isMd5 ? "md5" : "other", "uploadPartCopy", isMd5 ? "the MD5 of its bytes" : "not their MD5");
    return [yes(COPIES, "uploadPartCopy", "accepted"), etag];
  },
};

function isMd5Of({ body, etag }: Sample): boolean {
  return createHash("md5").update(body).digest("hex") === etag;
}

/** Whether parts can be copied, as found by another experiment. */
export async function copiesParts({ finding }: ProbeSession): Promise<boolean> {
  return (await finding(COPIES))?.kind === "yes";
}

const PERCENT = "part-copy-percent";

/** Puts a second object with other bytes at the key that a store reads if it decodes the source twice. */
const partCopyPercent: Experiment = {
  topics: [PERCENT],
  run: async (session) => {
    const { store, put } = session;
    if (!(await copiesParts(session))) return [notObservable(PERCENT, "part-copy-refused")];
    const { bucket, key, body } = await put("percent%41");
    const twin = { bucket, key: key.replace("%41", "A"), body: Buffer.from(body).reverse(), headers: {} };
    await store.putObject(twin);
    const copied = await tryCall(copyInParts(store, { bucket, key, body }));
    if (copied.kind === "refused") return [refusal(PERCENT, copied.error)];
    await store.completeMultipartUpload({ bucket, key, ...copied.value, headers: {} });
    try {
      const { body: after } = await store.getObject({ bucket, key });
      const isItsOwn = Buffer.from(body).equals(after);
      return isItsOwn
        ? [yes(PERCENT, "getObject", "its own bytes")]
        : [no(PERCENT, "getObject", "the bytes of the key that it is if it is decoded twice")];
    } catch (error) {
      // Errors about permissions or the network reveal nothing.
      if (!(error instanceof StoreError) || error.facts.status === null || error.kind === "access-denied") throw error;
      return [refusal(PERCENT, error, "the copy cannot be read")];
    }
  },
};

interface CopiedInParts {
  readonly uploadId: string;
  readonly parts: readonly UploadedPart[];
}

/**
 * Creates an upload and copies the whole object into its only part. The clean-up aborts uploads that are not
 * completed.
 */
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

export const PART_COPIES: readonly Experiment[] = [uploadPartCopy, partCopyPercent];
