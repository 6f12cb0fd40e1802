import type { XMLParser } from "fast-xml-parser";
import type { z } from "zod";
import type { ObjectInput } from "../object-store.js";
import type { Operation } from "../operations.js";
import { answerError, parseXml } from "./answer-error.js";
import type { Exchange } from "./exchange.js";
import { objectQuery } from "./object-query.js";

interface DocumentOf<Document> {
  readonly operation: Operation;
  readonly subResource: string;
  readonly parser: XMLParser;
  readonly schema: z.ZodType<Document>;
  /** As in "the tags are not understood". */
  readonly notUnderstood: string;
  /** What an answer of no bytes stands for, if its own length says that none are missing. @default it is not understood */
  readonly whenEmpty?: Document;
}

/** GET of what belongs to an object, as XML. What is not understood must not be lost, and rejects. */
export async function readDocument<Document>(
  exchange: Exchange,
  { bucket, key, versionId }: ObjectInput,
  { operation, subResource, parser, schema, notUnderstood, whenEmpty }: DocumentOf<Document>,
): Promise<Document> {
  const query = objectQuery({ [subResource]: "", versionId });
  const answer = await exchange({ operation, method: "GET", bucket, key, query, headers: {} });
  if (answer.status !== 200) throw answerError(operation, answer, parseXml(answer.body));
  if (whenEmpty !== undefined && isEmptyXml(answer.headers)) return whenEmpty;
  const parsed = schema.safeParse(parseXml(answer.body, parser));
  if (parsed.success) return parsed.data;
  throw answerError(operation, answer, { Error: { Code: "IncompleteAnswer", Message: notUnderstood } });
}

function isEmptyXml(headers: Readonly<Record<string, string>>): boolean {
  return headers["content-length"] === "0" && /^application\/xml\b/.test(headers["content-type"] ?? "");
}
