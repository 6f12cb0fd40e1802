import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import type { Grant } from "../answers.js";
import type { ObjectAcl, ObjectInput } from "../object-store.js";
import { answerError, parseXml } from "./answer-error.js";
import type { Exchange } from "./exchange.js";
import { objectQuery } from "./object-query.js";

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

export async function getObjectAcl(exchange: Exchange, input: ObjectInput): Promise<ObjectAcl> {
  const { bucket, key, versionId } = input;
  const query = objectQuery({ acl: "", versionId });
  const answer = await exchange({ operation: "getObjectAcl", method: "GET", bucket, key, query, headers: {} });
  if (answer.status !== 200) throw answerError("getObjectAcl", answer, parseXml(answer.body));
  const parsed = policy.safeParse(parseXml(answer.body, parser));
  // An access control list that is not understood must not be lost.
  if (!parsed.success) throw answerError("getObjectAcl", answer, { Error: NOT_UNDERSTOOD });
  const { Owner, AccessControlList: list } = parsed.data.AccessControlPolicy;
  return { ownerId: Owner?.ID ?? null, grants: list === "" ? [] : list.Grant.map(toGrant) };
}

const NOT_UNDERSTOOD = { Code: "IncompleteAnswer", Message: "the access control list is not understood" };

function toGrant({ Permission: permission, Grantee }: z.infer<typeof grant>): Grant {
  if (Grantee.URI !== undefined) return { permission, grantee: { kind: "uri", value: Grantee.URI } };
  if (Grantee.ID !== undefined) return { permission, grantee: { kind: "id", value: Grantee.ID } };
  return { permission, grantee: { kind: "emailAddress", value: Grantee.EmailAddress ?? "" } };
}
