import type { OperationName } from "../http/routes.js";
import { S3Error } from "../http/s3-error.js";
import { disablesAcls } from "../objects/acl.js";
import { parseCopySource } from "../objects/copy-source.js";
import type { Call, Context } from "../operations/operation.js";
import { ANONYMOUS } from "../options.js";
import {
  type Acl,
  ALL_USERS,
  AUTHENTICATED_USERS,
  type Grantee,
  OWNER,
  ownerById,
  type Permission,
  privateAcl,
} from "../storage/acl.js";
import type { Bucket } from "../storage/bucket.js";
import type { StoredObject } from "../storage/object-version.js";
import { copySourceActions, matchesAction, requiredActions } from "./authorize.js";
import { judgePolicy, judgeUserPolicy } from "./bucket-policy.js";
import { policyQuestion } from "./policy-question.js";

/** The permission in an object's ACL that an operation needs. */
const OBJECT_PERMISSIONS: Readonly<Partial<Record<OperationName, Permission>>> = {
  GetObject: "READ",
  HeadObject: "READ",
  GetObjectAttributes: "READ",
  GetObjectAcl: "READ_ACP",
  PutObjectAcl: "WRITE_ACP",
};

/** The permission in a bucket's ACL that an operation needs. All others are reserved for the owner. */
const BUCKET_PERMISSIONS: Readonly<Partial<Record<OperationName, Permission>>> = {
  HeadBucket: "READ",
  ListObjects: "READ",
  ListObjectsV2: "READ",
  ListObjectVersions: "READ",
  ListMultipartUploads: "READ",
  GetBucketAcl: "READ_ACP",
  PutBucketAcl: "WRITE_ACP",
  PutObject: "WRITE",
  CopyObject: "WRITE",
  DeleteObject: "WRITE",
  DeleteObjects: "WRITE",
  CreateMultipartUpload: "WRITE",
  UploadPart: "WRITE",
  UploadPartCopy: "WRITE",
  CompleteMultipartUpload: "WRITE",
  AbortMultipartUpload: "WRITE",
  ListParts: "WRITE",
};

/** An account can always access the policies of its own buckets. */
const POLICY_ACTIONS: readonly string[] = ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"];

/** The target of a call, or the source that it copies from. */
interface Side {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly actions: readonly string[];
  readonly operation: OperationName;
}

/** Rejects callers without the rights of an owner, a grant in an ACL or a policy. */
export function judgeAccess(call: Call, context: Context): void {
  if (call.user.policy !== undefined && call.operation === "CreateBucket") {
    throw new S3Error("AccessDenied", { message: notAllowed(call, "s3:CreateBucket") });
  }
  if (call.user === ANONYMOUS && (call.operation === "ListBuckets" || call.operation === "CreateBucket")) {
    throw new S3Error("AccessDenied");
  }
  if (context.behaviour.deniedBuckets.includes(call.bucket) && call.operation !== "CreateBucket") {
    throw new S3Error("AccessDenied");
  }
  for (const side of sidesOf(call, context)) {
    refuseBeyondPolicy(side, call, context);
    if (!mayByPolicy(side, call, context) && !mayByLists(side, call, context)) {
      throw new S3Error("AccessDenied");
    }
  }
}

/** Empty if the bucket does not exist: the operation itself reports that. */
function sidesOf(call: Call, { store }: Context): readonly Side[] {
  const sourceActions = copySourceActions(call);
  const sides: Side[] = [];
  const target = store.buckets.get(call.bucket);
  if (sourceActions.length > 0) {
    const { bucket, ...name } = parseCopySource(call.headers["x-amz-copy-source"] ?? "");
    const source = store.buckets.get(bucket);
    if (source !== undefined) {
      sides.push({ ...name, bucket: source, actions: sourceActions, operation: "GetObject" });
    }
  }
  if (target !== undefined && call.operation !== "CreateBucket") {
    const actions = requiredActions(call).filter((action) => !sourceActions.includes(action));
    const { key, query, operation } = call;
    sides.push({ bucket: target, key, versionId: query.get("versionId"), actions, operation });
  }
  return sides;
}

/**
 * OVHcloud falls back to ACLs if a user policy makes no decision. This only checks whether the policy alone
 * is sufficient.
 */
function refuseBeyondPolicy(side: Side, call: Call, { behaviour }: Context): void {
  const { policy } = call.user;
  if (policy === undefined) {
    return;
  }
  const { bucket, key } = side;
  const ofObject = behaviour.versionActions === "of-object";
  const actions = side.actions.map((action) => (ofObject ? action.replace(/ObjectVersion(?!s)/, "Object") : action));
  const lacking = actions.find(
    (action) => judgeUserPolicy(policy, policyQuestion(call, bucket, action, key, objectOf(side))) !== "allow",
  );
  if (lacking !== undefined) {
    throw new S3Error("AccessDenied", { message: notAllowed(call, lacking) });
  }
}

function notAllowed({ user }: Call, action: string): string {
  return `User: ${user.accessKeyId} is not authorized to perform: ${action} because no identity-based policy allows it`;
}

function mayByPolicy(side: Side, call: Call, { behaviour }: Context): boolean {
  const { bucket, key } = side;
  const policy = bucket.facts.settings.policy;
  const object = objectOf(side);
  const own = behaviour.objectAclDecides && isAllowedToUser(call);
  if (policy === undefined || behaviour.bucketPolicy === "kept") {
    return own;
  }
  const neededHere = side.actions.filter(
    (action) => action !== "s3:GetObjectTagging" || side.operation !== "GetObject" || object?.tags.length !== 0,
  );
  const verdicts = neededHere.map((action) => {
    const verdict = judgePolicy(policy, policyQuestion(call, bucket, action, key, object));
    return verdict === "deny" && POLICY_ACTIONS.includes(action) && ownsBucket(call, bucket) ? undefined : verdict;
  });
  if (verdicts.includes("deny")) {
    throw new S3Error("AccessDenied", { message: "Access Denied with an explicit deny in a resource-based policy" });
  }
  return own || (verdicts.length > 0 && verdicts.every((verdict) => verdict === "allow"));
}

function isAllowedToUser(call: Call): boolean {
  const allow = call.user.allow ?? [];
  return requiredActions(call).every((action) => allow.some((pattern) => matchesAction(pattern, action)));
}

function mayByLists(side: Side, call: Call, context: Context): boolean {
  const { behaviour } = context;
  const anonymous = call.user === ANONYMOUS;
  const bucketDecides = anonymous || behaviour.bucketAclDecides;
  const ofObject = OBJECT_PERMISSIONS[side.operation];
  if (ofObject === undefined) {
    return !bucketDecides || mayInBucket(side.operation, call, side.bucket);
  }
  if (!bucketDecides && !behaviour.objectAclDecides) {
    return true;
  }
  const object = objectOf(side);
  if (object !== undefined) {
    return mayOnObject(underBucket(object, side.bucket), userId(call), ofObject, anonymous);
  }
  // Only callers who may list learn whether a key exists.
  return !bucketDecides || mayInBucket("ListObjects", call, side.bucket) || mayListByPolicy(side, call, context);
}

function mayListByPolicy({ bucket, key }: Side, call: Call, { behaviour }: Context): boolean {
  const policy = behaviour.bucketPolicy === "kept" ? undefined : bucket.facts.settings.policy;
  if (policy === undefined) {
    return false;
  }
  const { condition, ...question } = policyQuestion(call, bucket, "s3:ListBucket", "", undefined);
  const withPrefix = (name: string) => (name === "s3:prefix" ? key : condition(name));
  return judgePolicy(policy, { ...question, condition: withPrefix }) === "allow";
}

function mayInBucket(operation: OperationName, call: Call, bucket: Bucket): boolean {
  const permission = BUCKET_PERMISSIONS[operation];
  return (
    ownsBucket(call, bucket) ||
    (permission !== undefined && grants(bucket.facts.acl, userId(call), permission, call.user === ANONYMOUS))
  );
}

function ownsBucket(call: Call, { facts }: Bucket): boolean {
  return (facts.ownerId ?? OWNER.id) === userId(call);
}

function userId({ user }: Call): string {
  return user.ownerId ?? OWNER.id;
}

function objectOf({ bucket, key, versionId }: Side): StoredObject | undefined {
  const versions = bucket.versions.get(key) ?? [];
  const found = versionId === undefined ? versions[0] : versions.find((version) => version.versionId === versionId);
  return found?.kind === "object" ? found : undefined;
}

/** If access control lists are disabled, the bucket's owner owns the object and has the only grant. */
function underBucket(object: StoredObject, { facts }: Bucket): Pick<StoredObject, "acl" | "ownerId"> {
  if (!disablesAcls(facts)) return object;
  const owner = ownerById(facts.ownerId);
  return { acl: privateAcl(owner), ownerId: owner.id };
}

/**
 * An owner may always manage the ACL. To read the object, the owner needs a grant in that ACL like everybody
 * else.
 */
function mayOnObject(
  object: Pick<StoredObject, "acl" | "ownerId">,
  id: string,
  permission: Permission,
  anonymous: boolean,
): boolean {
  const isOwner = (object.ownerId ?? OWNER.id) === id;
  return (isOwner && permission !== "READ") || grants(object.acl, id, permission, anonymous);
}

function grants(acl: Acl, id: string, permission: Permission, anonymous: boolean): boolean {
  const groups = anonymous ? [ALL_USERS] : [ALL_USERS, AUTHENTICATED_USERS];
  const isFor = (grantee: Grantee) =>
    grantee.kind === "user" ? grantee.id === id : grantee.kind === "group" && groups.includes(grantee.uri);
  return acl.grants.some(
    (grant) => isFor(grant.grantee) && (grant.permission === "FULL_CONTROL" || grant.permission === permission),
  );
}
