import type { RequestHeaders } from "../http/read-request.js";
import type { OperationName } from "../http/routes.js";
import { S3Error } from "../http/s3-error.js";
import { parseCopySource } from "../objects/copy-source.js";
import type { SandboxUser } from "../options.js";
import { BUCKET_SETTINGS } from "../storage/bucket-settings.js";

/** Rejects a request that needs an action denied to its user. */
export function authorize(user: SandboxUser, input: ActionInput): void {
  if (user.deny === undefined || user.deny.length === 0) {
    return;
  }
  const denied = requiredActions(input).find((action) => isDenied(user, action));
  if (denied !== undefined) {
    const who = `User: arn:aws:iam::${ACCOUNT_ID}:user/${user.accessKeyId}`;
    throw new S3Error("AccessDenied", {
      message: `${who} is not authorized to perform: ${denied} with an explicit deny in an identity-based policy`,
    });
  }
}

export function isDenied({ deny = [] }: SandboxUser, action: string): boolean {
  return deny.some((pattern) => matchesAction(pattern, action));
}

interface ActionInput {
  readonly operation: OperationName;
  readonly headers: RequestHeaders;
  readonly query: ReadonlyMap<string, string>;
}

type Actions = string | ((input: ActionInput) => readonly string[]);

const versioned =
  (action: string, ofVersion: string) =>
  ({ query }: ActionInput) => [query.has("versionId") ? ofVersion : action];

const ACTIONS: Readonly<Record<OperationName, Actions>> = {
  ListBuckets: "s3:ListAllMyBuckets",
  CreateBucket: "s3:CreateBucket",
  HeadBucket: "s3:ListBucket",
  DeleteBucket: "s3:DeleteBucket",
  GetBucketLocation: "s3:GetBucketLocation",
  ListObjects: "s3:ListBucket",
  ListObjectsV2: "s3:ListBucket",
  ListObjectVersions: "s3:ListBucketVersions",
  ListMultipartUploads: "s3:ListBucketMultipartUploads",
  DeleteObjects: "s3:DeleteObject",
  GetBucketVersioning: "s3:GetBucketVersioning",
  PutBucketVersioning: "s3:PutBucketVersioning",
  GetObjectLockConfiguration: "s3:GetBucketObjectLockConfiguration",
  PutObjectLockConfiguration: "s3:PutBucketObjectLockConfiguration",
  GetBucketAcl: "s3:GetBucketAcl",
  PutBucketAcl: "s3:PutBucketAcl",
  GetBucketSetting: (input) => [`s3:Get${settingAction(input)}`],
  PutBucketSetting: (input) => [`s3:Put${settingAction(input)}`],
  // S3 has no separate action for removing a setting, except for policies and websites.
  DeleteBucketSetting: (input) => [settingDeletion(settingAction(input))],
  GetBucketEncryption: "s3:GetEncryptionConfiguration",
  PutBucketEncryption: "s3:PutEncryptionConfiguration",
  DeleteBucketEncryption: "s3:PutEncryptionConfiguration",
  PutObject: writeActions,
  GetObject: versioned("s3:GetObject", "s3:GetObjectVersion"),
  HeadObject: versioned("s3:GetObject", "s3:GetObjectVersion"),
  DeleteObject: deleteActions,
  CopyObject: (input) => [...sourceActions(input), ...writeActions(input)],
  GetObjectAttributes: versioned("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"),
  RestoreObject: "s3:RestoreObject",
  GetObjectTagging: versioned("s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
  PutObjectTagging: versioned("s3:PutObjectTagging", "s3:PutObjectVersionTagging"),
  DeleteObjectTagging: versioned("s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"),
  GetObjectAcl: versioned("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
  PutObjectAcl: versioned("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
  GetObjectRetention: "s3:GetObjectRetention",
  PutObjectRetention: (input) => ["s3:PutObjectRetention", ...bypassActions(input)],
  GetObjectLegalHold: "s3:GetObjectLegalHold",
  PutObjectLegalHold: "s3:PutObjectLegalHold",
  UpdateObjectEncryption: "s3:UpdateObjectEncryption",
  CreateMultipartUpload: writeActions,
  UploadPart: "s3:PutObject",
  UploadPartCopy: (input) => [...readActions(input), "s3:PutObject"],
  CompleteMultipartUpload: "s3:PutObject",
  AbortMultipartUpload: "s3:AbortMultipartUpload",
  ListParts: "s3:ListMultipartUploadParts",
};

/** The actions that a copy needs on its source. */
export function copySourceActions(input: ActionInput): readonly string[] {
  if (input.operation === "CopyObject") return sourceActions(input);
  return input.operation === "UploadPartCopy" ? readActions(input) : [];
}

/** The IAM actions that a request needs, including those for its headers. */
export function requiredActions(input: ActionInput): readonly string[] {
  const actions = ACTIONS[input.operation];
  return typeof actions === "string" ? [actions] : actions(input);
}

function settingAction({ query }: ActionInput): string {
  const parameter = [...query.keys()].find((name) => Object.hasOwn(BUCKET_SETTINGS, name)) ?? "";
  return BUCKET_SETTINGS[parameter]?.action ?? "";
}

function settingDeletion(action: string): string {
  return action === "BucketPolicy" || action === "BucketWebsite" ? `s3:Delete${action}` : `s3:Put${action}`;
}

function writeActions({ headers }: ActionInput): readonly string[] {
  const names = Object.keys(headers);
  const anyOf = (...prefixes: readonly string[]) =>
    names.some((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  return [
    "s3:PutObject",
    ...(anyOf("x-amz-acl", "x-amz-grant-") ? ["s3:PutObjectAcl"] : []),
    ...(anyOf("x-amz-tagging") && headers["x-amz-tagging"] !== undefined ? ["s3:PutObjectTagging"] : []),
    ...(anyOf("x-amz-object-lock-mode", "x-amz-object-lock-retain") ? ["s3:PutObjectRetention"] : []),
    ...(anyOf("x-amz-object-lock-legal-hold") ? ["s3:PutObjectLegalHold"] : []),
  ];
}

function readActions({ headers }: ActionInput): readonly string[] {
  const { versionId } = parseCopySource(headers["x-amz-copy-source"] ?? "");
  return [versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion"];
}

// A copy that keeps the tags of its source reads them.
function sourceActions(input: ActionInput): readonly string[] {
  const keepsTags = input.headers["x-amz-tagging-directive"] !== "REPLACE";
  return [...readActions(input), ...(keepsTags ? ["s3:GetObjectTagging"] : [])];
}

function deleteActions(input: ActionInput): readonly string[] {
  return [input.query.has("versionId") ? "s3:DeleteObjectVersion" : "s3:DeleteObject", ...bypassActions(input)];
}

function bypassActions({ headers }: ActionInput): readonly string[] {
  const bypass = headers["x-amz-bypass-governance-retention"]?.toLowerCase() === "true";
  return bypass ? ["s3:BypassGovernanceRetention"] : [];
}

/** Whether a pattern such as `s3:Get*` matches an IAM action. */
export function matchesAction(pattern: string, action: string): boolean {
  const star = pattern.indexOf("*");
  return star < 0 ? pattern === action : action.startsWith(pattern.slice(0, star));
}

/** The account that owns every bucket of a sandbox. */
export const ACCOUNT_ID = "000000000000";

/** Rejects a request whose expected bucket owner is another account. */
export function checkExpectedOwner(headers: RequestHeaders): void {
  for (const name of ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]) {
    const expected = headers[name];
    if (expected !== undefined && expected !== ACCOUNT_ID) {
      throw new S3Error("AccessDenied");
    }
  }
}
