import type { WholeObject, WriteResult } from "../answers.js";
import { bareEtag } from "../bare-etag.js";
import type { ReadInput, WriteInput } from "../object-store.js";
import { writtenVersion } from "../written-version.js";
import { answerError, parseXml } from "./answer-error.js";
import type { Exchange } from "./exchange.js";
import { objectQuery } from "./object-query.js";

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
