import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { Tag } from "../answers.js";
import type { ObjectInput } from "../object-store.js";
import { answerError, parseXml } from "./answer-error.js";
import type { Exchange } from "./exchange.js";
import { objectQuery } from "./object-query.js";

const tag = z.object({ Key: z.string(), Value: z.string().default("") });
const tagging = z.object({
  Tagging: z.object({ TagSet: z.object({ Tag: z.array(tag).default([]) }).or(z.string().regex(/^\s*$/)) }),
});
/** Values keep the spaces around them. */
const parser = new XMLParser({
  parseTagValue: false,
  removeNSPrefix: true,
  trimValues: false,
  // Numeric ones too.
  htmlEntities: true,
  isArray: (name) => name === "Tag",
});

export async function getObjectTagging(exchange: Exchange, input: ObjectInput): Promise<readonly Tag[]> {
  const { bucket, key, versionId } = input;
  const query = objectQuery({ tagging: "", versionId });
  const answer = await exchange({ operation: "getObjectTagging", method: "GET", bucket, key, query, headers: {} });
  if (answer.status !== 200) throw answerError("getObjectTagging", answer, parseXml(answer.body));
  const parsed = tagging.safeParse(parseXml(answer.body, parser));
  // Tags that are not understood must not be lost.
  if (!parsed.success) throw answerError("getObjectTagging", answer, { Error: NOT_UNDERSTOOD });
  const { TagSet: set } = parsed.data.Tagging;
  return typeof set === "string" ? [] : set.Tag.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

const NOT_UNDERSTOOD = { Code: "IncompleteAnswer", Message: "the tags are not understood" };
