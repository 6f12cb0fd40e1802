import { S3Error } from "../http/s3-error.js";
import { buildXml, child, children, childText, parseXml, type XmlElement } from "../http/xml.js";
import type { Acl, Grant, Grantee, Owner, Permission } from "../storage/acl.js";

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
  return { grantee: parseGrantee(child(element, "Grantee")), permission: permission as Permission };
}

function parseGrantee(element: XmlElement | undefined): Grantee {
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
