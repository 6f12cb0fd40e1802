export type Grantee =
  | { readonly kind: "user"; readonly id: string; readonly displayName: string }
  | { readonly kind: "group"; readonly uri: string }
  | { readonly kind: "email"; readonly address: string };

export type Permission = "FULL_CONTROL" | "READ" | "WRITE" | "READ_ACP" | "WRITE_ACP";

export interface Grant {
  readonly grantee: Grantee;
  readonly permission: Permission;
}

export interface Acl {
  readonly grants: readonly Grant[];
}

export const OWNER = { id: "sandbox-owner", displayName: "sandbox-owner" } as const;

const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery";

const owner: Grant = { grantee: { kind: "user", ...OWNER }, permission: "FULL_CONTROL" };
const group = (uri: string, permission: Permission): Grant => ({ grantee: { kind: "group", uri }, permission });

export const PRIVATE_ACL: Acl = { grants: [owner] };

export const CANNED_ACLS: Readonly<Record<string, Acl>> = {
  private: PRIVATE_ACL,
  "public-read": { grants: [owner, group(ALL_USERS, "READ")] },
  "public-read-write": { grants: [owner, group(ALL_USERS, "READ"), group(ALL_USERS, "WRITE")] },
  "authenticated-read": { grants: [owner, group(AUTHENTICATED_USERS, "READ")] },
  // The owner of bucket and object is the same account here.
  "bucket-owner-read": PRIVATE_ACL,
  "bucket-owner-full-control": PRIVATE_ACL,
  "aws-exec-read": PRIVATE_ACL,
  "log-delivery-write": { grants: [owner, group(LOG_DELIVERY, "WRITE"), group(LOG_DELIVERY, "READ_ACP")] },
};
