import type { ObjectHead } from "../answers.js";
import type { HeadObjectInput } from "../object-store.js";
import { answerError } from "./answer-error.js";
import type { Exchange } from "./exchange.js";
import { objectQuery } from "./object-query.js";

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
