import type { OperationName } from "../http/operation-names.js";
import { S3Error } from "../http/s3-error.js";
import { parseCopySource } from "../objects/copy-source.js";
import type { Call, Context } from "../operations/operation.js";
import { ALL_USERS, AUTHENTICATED_USERS, type Grantee, OWNER, type Permission } from "../storage/acl.js";
import type { StoredObject } from "../storage/object-version.js";
import { matchesAction } from "./matches-action.js";
import { requiredActions } from "./required-actions.js";

/** What the list of an object has to grant for a call that reads it, or is about that list. */
const NEEDED: Readonly<Partial<Record<OperationName, Permission>>> = {
  GetObject: "READ",
  HeadObject: "READ",
  GetObjectAttributes: "READ",
  CopyObject: "READ",
  UploadPartCopy: "READ",
  GetObjectAcl: "READ_ACP",
  PutObjectAcl: "WRITE_ACP",
};

/** Refuses who has neither a grant in the list of the object that is asked for, nor a policy. */
export function judgeAcl(call: Call, context: Context): void {
  const permission = NEEDED[call.operation];
  if (!context.behaviour.objectAclDecides || permission === undefined || isAllowed(call)) {
    return;
  }
  const object = askedFor(call, context);
  if (object !== undefined && !grants(object, call.user.ownerId ?? OWNER.id, permission)) {
    throw new S3Error("AccessDenied");
  }
}

function isAllowed(call: Call): boolean {
  const allow = call.user.allow ?? [];
  return requiredActions(call).every((action) => allow.some((pattern) => matchesAction(pattern, action)));
}

/** `undefined` where there is none: the operation says so itself. */
function askedFor({ bucket, key, query, headers }: Call, context: Context): StoredObject | undefined {
  const source = headers["x-amz-copy-source"];
  const name = source === undefined ? { bucket, key, versionId: query.get("versionId") } : parseCopySource(source);
  const versions = context.store.buckets.get(name.bucket)?.versions.get(name.key) ?? [];
  const { versionId } = name;
  const found = versionId === undefined ? versions[0] : versions.find((version) => version.versionId === versionId);
  return found?.kind === "object" ? found : undefined;
}

/** An owner may always see to the list, and reads what that list lets it read, as everybody else. */
function grants({ acl, ownerId = OWNER.id }: StoredObject, userId: string, permission: Permission): boolean {
  if (ownerId === userId && permission !== "READ") {
    return true;
  }
  const isFor = (grantee: Grantee) =>
    grantee.kind === "user"
      ? grantee.id === userId
      : grantee.kind === "group" && [ALL_USERS, AUTHENTICATED_USERS].includes(grantee.uri);
  return acl.grants.some(
    (grant) => isFor(grant.grantee) && (grant.permission === "FULL_CONTROL" || grant.permission === permission),
  );
}
