import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { Grant, Tag } from "../answers.js";
import type { ObjectAcl, ObjectInput } from "../object-store.js";
import type { Operation } from "../operations.js";
import type { Exchange } from "./exchange.js";
import { answerError, parseXml } from "./send-request.js";
import { objectQuery } from "./url.js";

const grantee = z.object({ ID: z.string(), URI: z.string(), EmailAddress: z.string() }).partial();
const grant = z.object({
  Permission: z.enum(["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"]),
  Grantee: grantee,
});
const policy = z.object({
  AccessControlPolicy: z.object({
    Owner: z.object({ ID: z.string().optional() }).optional(),
    AccessControlList: z.object({ Grant: z.array(grant).default([]) }).or(z.literal("")),
  }),
});
const aclParser = new XMLParser({ parseTagValue: false, removeNSPrefix: true, isArray: (name) => name === "Grant" });

const ACL_DOCUMENT = {
  operation: "getObjectAcl",
  subResource: "acl",
  parser: aclParser,
  schema: policy,
  notUnderstood: "the access control list is not understood",
} as const;

export async function getObjectAcl(exchange: Exchange, input: ObjectInput): Promise<ObjectAcl> {
  const document = await readDocument(exchange, input, ACL_DOCUMENT);
  const { Owner, AccessControlList: list } = document.AccessControlPolicy;
  return { ownerId: Owner?.ID ?? null, grants: list === "" ? [] : list.Grant.map(toGrant) };
}

function toGrant({ Permission: permission, Grantee }: z.infer<typeof grant>): Grant {
  if (Grantee.URI !== undefined) return { permission, grantee: { kind: "uri", value: Grantee.URI } };
  if (Grantee.ID !== undefined) return { permission, grantee: { kind: "id", value: Grantee.ID } };
  return { permission, grantee: { kind: "emailAddress", value: Grantee.EmailAddress ?? "" } };
}

const tag = z.object({ Key: z.string(), Value: z.string().default("") });
const tagging = z.object({
  Tagging: z.object({ TagSet: z.object({ Tag: z.array(tag).default([]) }).or(z.string().regex(/^\s*$/)) }),
});
/** Keeps leading and trailing spaces of values. */
const taggingParser = new XMLParser({
  parseTagValue: false,
  removeNSPrefix: true,
  trimValues: false,
  // Also decodes numeric entities.
  htmlEntities: true,
  isArray: (name) => name === "Tag",
});

const TAGGING_DOCUMENT = {
  operation: "getObjectTagging",
  subResource: "tagging",
  parser: taggingParser,
  schema: tagging,
  notUnderstood: "the tags are not understood",
  // Ceph 18 answers like this for an object that was uploaded in parts and never had tags.
  whenEmpty: { Tagging: { TagSet: "" } },
} as const;

export async function getObjectTagging(exchange: Exchange, input: ObjectInput): Promise<readonly Tag[]> {
  const { TagSet: set } = (await readDocument(exchange, input, TAGGING_DOCUMENT)).Tagging;
  return typeof set === "string" ? [] : set.Tag.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

interface SubresourceDocument<Document> {
  readonly operation: Operation;
  readonly subResource: string;
  readonly parser: XMLParser;
  readonly schema: z.ZodType<Document>;
  /** For example "the tags are not understood". */
  readonly notUnderstood: string;
  /**
   * The meaning of an empty answer whose Content-Length is 0. @default the answer is rejected as not
   * understood
   */
  readonly whenEmpty?: Document;
}

/**
 * GETs a subresource of an object as XML. Rejects if the document does not match the schema, because its
 * contents must not be lost.
 */
async function readDocument<Document>(
  exchange: Exchange,
  { bucket, key, versionId }: ObjectInput,
  { operation, subResource, parser, schema, notUnderstood, whenEmpty }: SubresourceDocument<Document>,
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
