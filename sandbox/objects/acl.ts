import type { Behaviour } from "../behaviour.js";
import type { RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, child, children, childText, parseXml, type XmlElement } from "../http/xml.js";
import {
  type Acl,
  cannedAcl,
  type Grant,
  type Grantee,
  type Owner,
  ownerById,
  type Permission,
} from "../storage/acl.js";
import type { BucketFacts } from "../storage/bucket.js";

/** Whether Object Ownership disables access control lists, so that the bucket's owner owns every object. */
export function disablesAcls({ settings }: Pick<BucketFacts, "settings">): boolean {
  return /<ObjectOwnership>\s*BucketOwnerEnforced\s*</.test(settings.ownershipControls ?? "");
}

/** A bucket that disables access control lists accepts none but the one that every object in it has. */
export function refuseDisabledAcl(headers: RequestHeaders, facts: BucketFacts): void {
  if (!disablesAcls(facts) || headers["x-amz-acl"] === "bucket-owner-full-control") return;
  const owner = ownerById(facts.ownerId);
  const { grants } = readAclHeaders(headers, owner) ?? { grants: [] };
  const isOwners = ({ grantee, permission }: Grant) =>
    permission === "FULL_CONTROL" && grantee.kind === "user" && grantee.id === owner.id;
  if (headers["x-amz-acl"] !== undefined || !grants.every(isOwners)) throw new S3Error("AccessControlListNotSupported");
}

const GRANT_HEADERS: Readonly<Record<string, Permission>> = {
  "x-amz-grant-full-control": "FULL_CONTROL",
  "x-amz-grant-read": "READ",
  "x-amz-grant-write": "WRITE",
  "x-amz-grant-read-acp": "READ_ACP",
  "x-amz-grant-write-acp": "WRITE_ACP",
};

/** The ACL that canned or grant headers request for an entry of this owner; undefined if there are none. */
export function readAclHeaders(
  headers: RequestHeaders,
  owner: Owner,
  form: Behaviour["grantForm"] = "both",
): Acl | undefined {
  refuseOtherForm(headers, form);
  const canned = headers["x-amz-acl"];
  const grants = Object.entries(GRANT_HEADERS).flatMap(([name, permission]) =>
    parseGrantees(headers[name]).map((grantee): Grant => ({ grantee, permission })),
  );
  if (canned === undefined) {
    return grants.length === 0 ? undefined : { grants };
  }
  if (grants.length > 0) {
    throw new S3Error("InvalidRequest", { message: "Specifying both Canned ACLs and Header Grants is not allowed" });
  }
  const acl = cannedAcl(canned, owner);
  if (acl === undefined) {
    throw new S3Error("InvalidArgument", { fields: { ArgumentName: "x-amz-acl", ArgumentValue: canned } });
  }
  return acl;
}

function refuseOtherForm(headers: RequestHeaders, form: Behaviour["grantForm"]): void {
  for (const name of Object.keys(GRANT_HEADERS)) {
    const value = headers[name];
    if (value === undefined || form === "both" || (form === "quoted") === value.includes('"')) {
      continue;
    }
    throw new S3Error("InvalidArgument", { fields: { ArgumentName: name, ArgumentValue: value } });
  }
}

function parseGrantees(header: string | undefined): readonly Grantee[] {
  return (header ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map(parseGrantee);
}

function parseGrantee(text: string): Grantee {
  const [, kind, value] = /^(id|uri|emailAddress) *= *"?([^"]*)"?$/i.exec(text) ?? [];
  if (kind === undefined || value === undefined) {
    throw new S3Error("InvalidArgument", { message: "Argument format not recognized" });
  }
  switch (kind.toLowerCase()) {
    case "id":
      return { kind: "user", id: value, displayName: value };
    case "uri":
      return { kind: "group", uri: value };
    default:
      return { kind: "email", address: value };
  }
}

const XSI = "http://www.w3.org/2001/XMLSchema-instance";
const PERMISSIONS: readonly string[] = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];

export function writeAcl({ grants }: Acl, owner: Owner): string {
  return buildXml("AccessControlPolicy", {
    Owner: writeOwner(owner),
    AccessControlList: {
      Grant: grants.map(({ grantee, permission }) => ({ Grantee: writeGrantee(grantee), Permission: permission })),
    },
  });
}

export function writeOwner({ id, displayName }: Owner): XmlElement {
  return { ID: id, DisplayName: displayName };
}

function writeGrantee(grantee: Grantee): XmlElement {
  switch (grantee.kind) {
    case "user":
      return typed("CanonicalUser", { ID: grantee.id, DisplayName: grantee.displayName });
    case "group":
      return typed("Group", { URI: grantee.uri });
    case "email":
      return typed("AmazonCustomerByEmail", { EmailAddress: grantee.address });
  }
}

function typed(type: string, content: XmlElement): XmlElement {
  return { "@xmlns:xsi": XSI, "@xsi:type": type, ...content };
}

export function parseAcl(text: string): Acl {
  const policy = parseXml(text, "AccessControlPolicy");
  return { grants: children(child(policy, "AccessControlList"), "Grant").map(parseGrant) };
}

function parseGrant(element: XmlElement): Grant {
  const permission = childText(element, "Permission")?.trim() ?? "";
  if (!PERMISSIONS.includes(permission)) {
    throw new S3Error("MalformedACLError");
  }
  return { grantee: granteeFromXml(child(element, "Grantee")), permission: permission as Permission };
}

function granteeFromXml(element: XmlElement | undefined): Grantee {
  const id = childText(element, "ID");
  const uri = childText(element, "URI");
  const address = childText(element, "EmailAddress");
  if (id !== undefined) {
    return { kind: "user", id, displayName: childText(element, "DisplayName") ?? id };
  }
  if (uri !== undefined) {
    return { kind: "group", uri };
  }
  if (address !== undefined) {
    return { kind: "email", address };
  }
  throw new S3Error("MalformedACLError");
}
