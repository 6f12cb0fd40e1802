import type { WriteResult } from "../answers.js";
import { bareEtag } from "../bare-etag.js";
import { copySource } from "../encode-key.js";
import type { CopyObjectInput } from "../object-store.js";
import { StoreError } from "../store-error.js";
import { writtenVersion } from "../written-version.js";
import { answerError, type IncomingAnswer, parseXml } from "./answer-error.js";
import type { Exchange } from "./exchange.js";

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

/** A connection cut in the middle of a chunked body can look like an answer: it proves nothing. */
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
