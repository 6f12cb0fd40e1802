import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { BodySource, RequestHeaders } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { changedMeanwhile } from "./changed-during-copy.js";
import { everyCopyHeaders, resentHeaders } from "./copy-headers.js";
import { type Copied, type CopyJob, destinationCondition, destinationGuard, sourceVersion } from "./copy-job.js";
import { readHead } from "./read-head.js";

/** Held in memory and hashed before it is sent; anything larger is streamed. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;

/**
 * Reads the object and puts the same bytes again, with a digest that the store checks them against. Nothing is written
 * unless all of it arrived: a body that ends early, or differs, is refused by the store.
 */
export async function rewrite(job: CopyJob): Promise<Copied> {
  const { store, facts, carried, capabilities } = job;
  const { bucket, key, sizeBytes } = facts;
  const destination = destinationGuard(job, "rewrite");
  const headers = {
    ...everyCopyHeaders(facts, carried, job, new Date()),
    ...resentHeaders(facts, carried, capabilities),
    ...wholeChecksum(job),
    ...destination.headers,
  };
  const put = (body: Uint8Array | BodySource, md5: string) =>
    store.putObject({ bucket, key, body, headers: { ...headers, "content-md5": md5 } });
  const written = await (sizeBytes <= MAX_BUFFERED_BYTES ? sendBuffered(job, put) : sendStreamed(job, put));
  return { ...written, guard: destination.guard };
}

type Put = (body: Uint8Array | BodySource, md5: string) => ReturnType<CopyJob["store"]["putObject"]>;

async function sendBuffered(job: CopyJob, put: Put) {
  const { body, headers } = await job.store.getObject(readInput(job));
  refuseOther(job, headers);
  if (body.length !== job.facts.sizeBytes) throw cutShort(job, body.length);
  return put(body, createHash("md5").update(body).digest("base64"));
}

/**
 * An ETag is the MD5 of what was put in one piece on most stores, unless it is under a customer key; where it is not, the
 * object is read once more.
 */
async function sendStreamed(job: CopyJob, put: Put) {
  const source: BodySource = { sizeBytes: job.facts.sizeBytes, open: () => open(job) };
  const { etag, customerKey } = job.facts;
  if (customerKey === null && /^[0-9a-f]{32}$/.test(etag)) {
    try {
      return await put(source, Buffer.from(etag, "hex").toString("base64"));
    } catch (error) {
      if (!(error instanceof StoreError && error.facts.code === "BadDigest")) throw error;
    }
  }
  return put(source, await digestOf(job));
}

async function digestOf(job: CopyJob): Promise<string> {
  const md5 = createHash("md5");
  let sizeBytes = 0;
  for await (const chunk of await open(job)) {
    md5.update(chunk);
    sizeBytes += chunk.length;
  }
  if (sizeBytes !== job.facts.sizeBytes) throw cutShort(job, sizeBytes);
  return md5.digest("base64");
}

/**
 * What the answer says that it is counts, not what the condition asked for: some stores ignore it, and metadata that was
 * replaced leaves the ETag alone.
 */
function refuseOther({ facts, capabilities }: CopyJob, headers: Readonly<Record<string, string>>): void {
  const { etag, content, userMetadata } = readHead(facts, { headers, requestId: null }, capabilities);
  if (etag !== facts.etag) throw changedMeanwhile("getObject", "another ETag was read");
  const isSame = isDeepStrictEqual([content, userMetadata], [facts.content, facts.userMetadata]);
  if (!isSame) throw changedMeanwhile("getObject", "other metadata was read");
}

async function open(job: CopyJob): Promise<AsyncIterable<Uint8Array>> {
  const { headers, body } = await job.store.openObject(readInput(job));
  refuseOther(job, headers);
  return body;
}

function readInput(job: CopyJob) {
  const { facts, capabilities } = job;
  const { bucket, key, etag } = facts;
  const condition = destinationCondition(etag, capabilities.etagForm);
  const versionId = sourceVersion(job);
  return { bucket, key, versionId, headers: { ...condition, ...facts.customerKey?.headers() } };
}

/** A checksum over the whole object holds for it in one piece too, and has the store check the bytes once more. */
function wholeChecksum({ facts: { checksums } }: CopyJob): RequestHeaders {
  const { type, ...values } = checksums;
  if (type === "COMPOSITE") return {};
  const whole = Object.entries(values).filter(([, value]) => !/-\d+$/.test(value));
  return Object.fromEntries(whole.map(([name, value]) => [`x-amz-checksum-${name}`, value]));
}

function cutShort({ facts }: CopyJob, sizeBytes: number): StoreError {
  const message = `the body ended after ${sizeBytes} of ${facts.sizeBytes} bytes`;
  const known = { kind: "unreachable", operation: "openObject", status: 200, requestId: null } as const;
  return new StoreError({ ...known, code: "IncompleteBody", message });
}
