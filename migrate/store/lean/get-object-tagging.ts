import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { Tag } from "../answers.js";
import type { ObjectInput } from "../object-store.js";
import type { Exchange } from "./exchange.js";
import { readDocument } from "./read-document.js";

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

const DOCUMENT = {
  operation: "getObjectTagging",
  subResource: "tagging",
  parser,
  schema: tagging,
  notUnderstood: "the tags are not understood",
  // Ceph 18, for an object that came in parts and never had tags.
  whenEmpty: { Tagging: { TagSet: "" } },
} as const;

export async function getObjectTagging(exchange: Exchange, input: ObjectInput): Promise<readonly Tag[]> {
  const { TagSet: set } = (await readDocument(exchange, input, DOCUMENT)).Tagging;
  return typeof set === "string" ? [] : set.Tag.map(({ Key, Value }) => ({ key: Key, value: Value }));
}
