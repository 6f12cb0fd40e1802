import type { Answer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { checkReadable } from "../objects/archived.js";
import { isNotModified } from "../objects/conditions.js";
import { findBucket, findObject } from "../objects/find.js";
import { checksumHeaders, objectHeaders } from "../objects/object-headers.js";
import { readKey, refuseEncryptionRequest } from "../objects/read-key.js";
import { type RequestedRange, requestedRange } from "../objects/requested-range.js";
import { blobIds } from "../storage/change.js";
import type { StoredObject } from "../storage/object-version.js";
import { readPieces } from "../storage/pieces.js";
import type { Call, Context } from "./operation.js";

export async function getObject(call: Call, context: Context): Promise<Answer> {
  const bucket = findBucket(context, call.bucket);
  const object = findObject(bucket, call);
  refuseEncryptionRequest(call.headers);
  if (context.behaviour.rangeBeforeCustomerKey) {
    requestedRange(call, object, context.behaviour);
  }
  const key = readKey(context, bucket, object, call.headers);
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

/** HEAD answers the same, without the bytes. */
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

/** Reads the first bytes before the status is sent, so that what cannot be decrypted is a 500 and not half a body. */
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
