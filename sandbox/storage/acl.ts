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

export interface Owner {
  readonly id: string;
  readonly displayName: string;
}

export const OWNER: Owner = { id: "sandbox-owner", displayName: "sandbox-owner" };

/** The display name is the ID. */
export function ownerById(id: string = OWNER.id): Owner {
  return { id, displayName: id };
}

export const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
export const AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery";

const group = (uri: string, permission: Permission): Grant => ({ grantee: { kind: "group", uri }, permission });

/** The grants of a canned ACL to others than the owner. */
const CANNED: Readonly<Record<string, readonly Grant[]>> = {
  private: [],
  "public-read": [group(ALL_USERS, "READ")],
  "public-read-write": [group(ALL_USERS, "READ"), group(ALL_USERS, "WRITE")],
  "authenticated-read": [group(AUTHENTICATED_USERS, "READ")],
  // The sandbox does not distinguish the bucket's owner from the object's.
  "bucket-owner-read": [],
  "bucket-owner-full-control": [],
  "aws-exec-read": [],
  "log-delivery-write": [group(LOG_DELIVERY, "WRITE"), group(LOG_DELIVERY, "READ_ACP")],
};

export function privateAcl(owner: Owner): Acl {
  return { grants: [{ grantee: { kind: "user", ...owner }, permission: "FULL_CONTROL" }] };
}

/** `undefined` if there is none with this name. */
export function cannedAcl(name: string, owner: Owner): Acl | undefined {
  const others = Object.hasOwn(CANNED, name) ? CANNED[name] : undefined;
  return others && { grants: [...privateAcl(owner).grants, ...others] };
}
