import type { Behaviour } from "../behaviour.js";
import type { RequestHeaders } from "../http/request-headers.js";
import { S3Error } from "../http/s3-error.js";
import { type Acl, cannedAcl, type Grant, type Grantee, type Owner, type Permission } from "../storage/acl.js";

const GRANT_HEADERS: Readonly<Record<string, Permission>> = {
  "x-amz-grant-full-control": "FULL_CONTROL",
  "x-amz-grant-read": "READ",
  "x-amz-grant-write": "WRITE",
  "x-amz-grant-read-acp": "READ_ACP",
  "x-amz-grant-write-acp": "WRITE_ACP",
};

/** The ACL that canned or grant headers ask for, of what is that owner's; undefined where there are none. */
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
