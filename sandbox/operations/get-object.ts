import type { Behaviour } from "../behaviour.js";
import type { Answer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { isNotModified } from "../objects/conditions.js";
import { readKey, refuseEncryptionRequest } from "../objects/customer-key.js";
import { checkReadable, findBucket, findObject } from "../objects/find.js";
import { checkKmsReadable } from "../objects/kms-keys.js";
import { checksumHeaders, objectHeaders } from "../objects/object-headers.js";
import { blobIds } from "../storage/bucket.js";
import type { StoredObject } from "../storage/object-version.js";
import { type ByteRange, readPieces } from "../storage/pieces.js";
import type { Call, Context } from "./operation.js";

export async function getObject(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const object = findObject(bucket, call);
  refuseEncryptionRequest(call.headers);
  if (context.behaviour.rangeBeforeCustomerKey) {
    requestedRange(call, object, context.behaviour);
  }
  const key = readKey(context, bucket, object, call.headers);
  checkKmsReadable(call, context, object);
  const headers = objectHeaders(call, context, bucket, object);
  if (isNotModified(call.headers, object)) {
    return { status: 304, headers };
  }
  checkReadable(object, context.behaviour, context.now());
  const requested = requestedRange(call, object, context.behaviour);
  const release = context.store.hold(blobIds(object));
  const chunks = readPieces(context.store, object.pieces, requested.range, key);
  return {
    status: requested.kind === "whole" ? 200 : 206,
    headers: { ...headers, ...rangeHeaders(call, object, requested) },
    body: await startBody(chunks, release),
  };
}

/** The answer to GET without the bytes. */
export function headObject(call: Call, context: Context): Answer {
  const bucket = findBucket(context, call.bucket);
  const object = findObject(bucket, call);
  refuseEncryptionRequest(call.headers);
  readKey(context, bucket, object, call.headers);
  const headers = objectHeaders(call, context, bucket, object);
  if (isNotModified(call.headers, object)) {
    return { status: 304, headers };
  }
  const requested = requestedRange(call, object, context.behaviour);
  return {
    status: requested.kind === "whole" ? 200 : 206,
    headers: { ...headers, ...rangeHeaders(call, object, requested) },
    withoutLength: !context.behaviour.headSendsLength,
  };
}

function rangeHeaders(call: Call, object: StoredObject, { kind, range }: RequestedRange): Record<string, string> {
  const length = { "content-length": String(range.end - range.start) };
  if (kind === "whole") {
    return { ...length, ...checksumHeaders(call, object) };
  }
  return {
    ...length,
    ...(object.sizeBytes > 0 && { "content-range": `bytes ${range.start}-${range.end - 1}/${object.sizeBytes}` }),
    ...(kind === "part" && checksumHeaders(call, object)),
    ...(kind === "part" && object.parts && { "x-amz-mp-parts-count": String(object.parts.length) }),
  };
}

/**
 * Reads the first bytes before the status is sent, so that an object that cannot be decrypted gives a 500
 * instead of half a body.
 */
async function startBody(chunks: AsyncIterable<Buffer>, release: () => Promise<void>): Promise<AsyncIterable<Buffer>> {
  const iterator = chunks[Symbol.asyncIterator]();
  let first: IteratorResult<Buffer>;
  try {
    first = await iterator.next();
  } catch (error) {
    await release();
    throw new S3Error("InternalError", { message: `The object cannot be read: ${(error as Error).message}` });
  }
  return continueBody(first, iterator, release);
}

async function* continueBody(
  first: IteratorResult<Buffer>,
  iterator: AsyncIterator<Buffer>,
  release: () => Promise<void>,
): AsyncIterable<Buffer> {
  try {
    for (let next = first; next.done !== true; next = await iterator.next()) {
      yield next.value;
    }
  } finally {
    await iterator.return?.();
    await release();
  }
}

type RequestedRange =
  | { readonly kind: "whole"; readonly range: ByteRange }
  | { readonly kind: "part" | "bytes"; readonly range: ByteRange };

/** The bytes that a GET or HEAD requests, by Range or by PartNumber. */
function requestedRange(call: Call, object: StoredObject, { partNumberBeyond }: Behaviour): RequestedRange {
  const partNumber = call.query.get("partNumber");
  if (partNumber !== undefined) {
    return { kind: "part", range: partRange(object, Number(partNumber), partNumberBeyond) };
  }
  const header = call.headers.range;
  const range = header === undefined ? undefined : parseRange(header, object.sizeBytes);
  return range === undefined ? { kind: "whole", range: { start: 0, end: object.sizeBytes } } : { kind: "bytes", range };
}

function partRange(object: StoredObject, number: number, beyond: Behaviour["partNumberBeyond"]): ByteRange {
  const parts = object.parts ?? [{ sizeBytes: object.sizeBytes }];
  const part = parts[number - 1];
  if (part === undefined) {
    throw new S3Error(beyond, {
      fields: { PartNumberRequested: String(number), ActualPartCount: String(parts.length) },
    });
  }
  const start = parts.slice(0, number - 1).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { start, end: start + part.sizeBytes };
}

/** Undefined if the header must be ignored. */
function parseRange(header: string, sizeBytes: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header.trim()) ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) {
    return undefined;
  }
  const start = first === "" ? Math.max(sizeBytes - Number(last), 0) : Number(first);
  const end = first === "" || last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (first !== "" && last !== "" && Number(last) < Number(first)) {
    return undefined;
  }
  if (start >= sizeBytes || (first === "" && Number(last) === 0)) {
    throw new S3Error("InvalidRange", {
      fields: { RangeRequested: header, ActualObjectSize: String(sizeBytes) },
      headers: { "content-range": `bytes */${sizeBytes}` },
    });
  }
  return { start, end };
}
