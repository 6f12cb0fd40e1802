import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { ObjectFacts } from "../model/object.js";
import { countOf, formatCount } from "../model/text.js";
import type { BodySource, ObjectStore, RequestHeaders } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { changedMeanwhile } from "./changed-during-copy.js";
import {
  destinationCondition,
  destinationGuard,
  everyCopyHeaders,
  resentHeaders,
  sourceVersion,
} from "./copy-headers.js";
import type { Copied, CopyAttempt, CopyJob } from "./copy-job.js";
import { readHead } from "./read-head.js";

/** A body up to this size is held in memory and hashed before it is sent. A larger one is streamed. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

/**
 * Reads the object and puts the same bytes again, with a digest that the store checks. Nothing is written
 * unless all bytes arrived: the store refuses a body that ends early or differs.
 */
export async function rewrite(attempt: CopyAttempt): Promise<Copied> {
  const { job, carried, capabilities } = attempt;
  const { store, facts, context } = job;
  const { bucket, key, sizeBytes } = facts;
  const destination = destinationGuard(attempt);
  const headers = {
    ...everyCopyHeaders(facts, carried, { policy: context.policy, capabilities }, new Date()),
    ...resentHeaders(facts, carried, capabilities),
    ...wholeChecksum(facts),
    ...destination.headers,
  };
  const put = (body: Uint8Array | BodySource, md5: string) =>
    store.putObject({ bucket, key, body, headers: { ...headers, "content-md5": md5 } });
  const send = sizeBytes <= MAX_BUFFERED_BYTES ? sendBuffered : sendStreamed;
  const written = await context.bodyLimit(sizeBytes, () => send(attempt, put));
  return { ...written, guard: destination.guard };
}

type Put = (body: Uint8Array | BodySource, md5: string) => ReturnType<ObjectStore["putObject"]>;

async function sendBuffered(attempt: CopyAttempt, put: Put) {
  const { job } = attempt;
  const { body, headers } = await job.store.getObject(readInput(attempt));
  refuseOther(attempt, headers);
  if (body.length !== job.facts.sizeBytes) throw cutShort(job, body.length);
  return put(body, createHash("md5").update(body).digest("base64"));
}

/**
 * On most stores, the ETag of an object in one piece is the MD5 of its bytes, unless it is under a customer
 * key or KMS key. If the ETag is not the MD5, the object is read once more.
 */
async function sendStreamed(attempt: CopyAttempt, put: Put) {
  const { etag, customerKey, kmsKeyId, sizeBytes } = attempt.job.facts;
  const source: BodySource = { sizeBytes, open: () => open(attempt) };
  if (customerKey === null && kmsKeyId === undefined && /^[0-9a-f]{32}$/.test(etag)) {
    try {
      return await put(source, Buffer.from(etag, "hex").toString("base64"));
    } catch (error) {
      if (!(error instanceof StoreError && error.facts.code === "BadDigest")) throw error;
    }
  }
  return put(source, await digestOf(attempt));
}

async function digestOf(attempt: CopyAttempt): Promise<string> {
  const md5 = createHash("md5");
  let sizeBytes = 0;
  for await (const chunk of await open(attempt)) {
    md5.update(chunk);
    sizeBytes += chunk.length;
  }
  if (sizeBytes !== attempt.job.facts.sizeBytes) throw cutShort(attempt.job, sizeBytes);
  return md5.digest("base64");
}

/**
 * Checks the answer itself and does not rely on the condition of the request. Some stores ignore the
 * condition, and replaced metadata leaves the ETag alone.
 */
function refuseOther({ job, capabilities }: CopyAttempt, headers: Readonly<Record<string, string>>): void {
  const { facts } = job;
  const { etag, content, userMetadata } = readHead(facts, { headers, requestId: null }, capabilities);
  if (etag !== facts.etag) throw changedMeanwhile("getObject", "another ETag was read");
  const isSame = isDeepStrictEqual([content, userMetadata], [facts.content, facts.userMetadata]);
  if (!isSame) throw changedMeanwhile("getObject", "other metadata was read");
}

async function open(attempt: CopyAttempt): Promise<AsyncIterable<Uint8Array>> {
  const { headers, body } = await attempt.job.store.openObject(readInput(attempt));
  refuseOther(attempt, headers);
  return body;
}

function readInput({ job, capabilities }: CopyAttempt) {
  const { facts } = job;
  const { bucket, key, etag } = facts;
  const condition = destinationCondition(etag, capabilities.etagForm);
  const versionId = sourceVersion(job);
  return { bucket, key, versionId, headers: { ...condition, ...facts.customerKey?.headers() } };
}

/**
 * A checksum over the whole object is also valid for it in one piece. The store uses it to check the bytes
 * once more.
 */
function wholeChecksum({ checksums }: ObjectFacts): RequestHeaders {
  const { type, ...values } = checksums;
  if (type === "COMPOSITE") return {};
  const whole = Object.entries(values).filter(([, value]) => !/-\d+$/.test(value));
  return Object.fromEntries(whole.map(([name, value]) => [`x-amz-checksum-${name}`, value]));
}

function cutShort({ facts }: CopyJob, sizeBytes: number): StoreError {
  const message = `the body ended after ${formatCount(sizeBytes)} of ${countOf(facts.sizeBytes, "byte")}`;
  const known = { kind: "unreachable", operation: "openObject", status: 200, requestId: null } as const;
  return new StoreError({ ...known, code: "IncompleteBody", message });
}
