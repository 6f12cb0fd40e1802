import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { Grant } from "../answers.js";
import type { ObjectAcl, ObjectInput } from "../object-store.js";
import type { Exchange } from "./exchange.js";
import { readDocument } from "./read-document.js";

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
const parser = new XMLParser({ parseTagValue: false, removeNSPrefix: true, isArray: (name) => name === "Grant" });

const DOCUMENT = {
  operation: "getObjectAcl",
  subResource: "acl",
  parser,
  schema: policy,
  notUnderstood: "the access control list is not understood",
} as const;

export async function getObjectAcl(exchange: Exchange, input: ObjectInput): Promise<ObjectAcl> {
  const document = await readDocument(exchange, input, DOCUMENT);
  const { Owner, AccessControlList: list } = document.AccessControlPolicy;
  return { ownerId: Owner?.ID ?? null, grants: list === "" ? [] : list.Grant.map(toGrant) };
}

function toGrant({ Permission: permission, Grantee }: z.infer<typeof grant>): Grant {
  if (Grantee.URI !== undefined) return { permission, grantee: { kind: "uri", value: Grantee.URI } };
  if (Grantee.ID !== undefined) return { permission, grantee: { kind: "id", value: Grantee.ID } };
  return { permission, grantee: { kind: "emailAddress", value: Grantee.EmailAddress ?? "" } };
}
