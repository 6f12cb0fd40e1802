import type { ObjectHead, WholeObject, WriteResult } from "../answers.js";
import type { CopyObjectInput, HeadObjectInput, ReadInput, WriteInput } from "../object-store.js";
import { StoreError } from "../store-error.js";
import { bareEtag, copySource, writtenVersion } from "../wire.js";
import type { Exchange } from "./exchange.js";
import { answerError, type IncomingAnswer, parseXml } from "./send-request.js";
import { objectQuery } from "./url.js";

export async function copyObject(exchange: Exchange, input: CopyObjectInput): Promise<WriteResult> {
  const { bucket, key, sourceKey = key, sourceVersionId } = input;
  const source = { "x-amz-copy-source": copySource(bucket, sourceKey, sourceVersionId), "content-length": "0" };
  const headers = { ...input.headers, ...source };
  const answer = await exchange({ operation: "copyObject", method: "PUT", bucket, key, query: "", headers });
  const document = parseXml(answer.body);
  if (answer.status !== 200 || document.Error) throw answerError("copyObject", answer, document);
  if (document.CopyObjectResult === undefined) throw incomplete(answer);
  return {
    etag: bareEtag(String(document.CopyObjectResult.ETag ?? "")),
    versionId: writtenVersion(answer.headers["x-amz-version-id"]),
    requestId: answer.headers["x-amz-request-id"] ?? null,
  };
}

/**
 * A connection that is cut within a chunked body can look like a complete answer, so such an answer proves
 * nothing.
 */
function incomplete({ status, headers }: IncomingAnswer): StoreError {
  return new StoreError({
    kind: "server-error",
    operation: "copyObject",
    status,
    code: "IncompleteAnswer",
    message: "the answer holds no CopyObjectResult",
    requestId: headers["x-amz-request-id"] ?? null,
  });
}

const ASK_FOR_CHECKSUMS = { "x-amz-checksum-mode": "ENABLED" };

export async function headObject(exchange: Exchange, input: HeadObjectInput): Promise<ObjectHead> {
  const { bucket, key, versionId, partNumber } = input;
  const headers = { ...ASK_FOR_CHECKSUMS, ...input.headers };
  const query = objectQuery({ partNumber: partNumber?.toString(), versionId });
  const call = { operation: "headObject", method: "HEAD", bucket, key, query, headers } as const;
  const answer = await exchange(call);
  if (answer.status !== 200 && answer.status !== 206) throw answerError("headObject", answer, {});
  return { headers: answer.headers, requestId: answer.headers["x-amz-request-id"] ?? null };
}

export async function getObject(exchange: Exchange, input: ReadInput): Promise<WholeObject> {
  const { bucket, key, versionId, headers = {} } = input;
  const query = objectQuery({ versionId });
  const answer = await exchange({ operation: "getObject", method: "GET", bucket, key, query, headers });
  if (answer.status !== 200) throw answerError("getObject", answer, parseXml(answer.body));
  return { headers: answer.headers, body: answer.bytes };
}

export async function putObject(
  exchange: Exchange,
  { bucket, key, headers, body }: WriteInput & { readonly body: Uint8Array },
): Promise<WriteResult> {
  const answer = await exchange({ operation: "putObject", method: "PUT", bucket, key, query: "", headers, body });
  const document = answer.bytes.length === 0 ? {} : parseXml(answer.body);
  if (answer.status !== 200 || document.Error) throw answerError("putObject", answer, document);
  return {
    etag: bareEtag(answer.headers.etag ?? ""),
    versionId: writtenVersion(answer.headers["x-amz-version-id"]),
    requestId: answer.headers["x-amz-request-id"] ?? null,
  };
}
