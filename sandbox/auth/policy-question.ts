import { parseTaggingHeader } from "../objects/metadata.js";
import type { Call } from "../operations/operation.js";
import { ANONYMOUS } from "../options.js";
import type { Bucket } from "../storage/bucket.js";
import type { ObjectEncryption, StoredObject, Tag } from "../storage/object-version.js";
import { ACCOUNT_ID } from "./authorize.js";
import type { PolicyQuestion } from "./bucket-policy.js";

const SSE = "x-amz-server-side-encryption";
const PART_OPERATIONS: readonly string[] = ["UploadPart", "UploadPartCopy", "CompleteMultipartUpload"];

/** The question that one action of a call puts to a bucket policy. `object` is the existing object. */
export function policyQuestion(
  call: Call,
  bucket: Bucket,
  action: string,
  key: string,
  object: StoredObject | undefined,
): PolicyQuestion {
  const { name } = bucket.facts;
  const fixed: Readonly<Record<string, string | undefined>> = {
    // The sandbox acts as an endpoint that is reached over TLS.
    "aws:securetransport": "true",
    "s3:tlsversion": "1.3",
    "aws:sourceip": "127.0.0.1",
    "aws:referer": call.headers.referer,
    "aws:useragent": call.headers["user-agent"],
    "aws:principalaccount": call.user === ANONYMOUS ? undefined : ACCOUNT_ID,
    "aws:principalarn": call.user === ANONYMOUS ? undefined : userArn(call),
    "s3:signatureversion": call.user === ANONYMOUS ? undefined : "AWS4-HMAC-SHA256",
    "s3:versionid": call.query.get("versionId"),
    "s3:prefix": listedPrefix(call),
    "s3:delimiter": call.query.get("delimiter"),
    "s3:max-keys": call.query.get("max-keys"),
    ...uploadEncryption(call, bucket),
  };
  return {
    principals: principalsOf(call),
    action,
    resource: `arn:aws:s3:::${name}${key === "" ? "" : `/${key}`}`,
    condition: (asked) => fixed[asked] ?? tagCondition(asked, call, object) ?? headerCondition(asked, call),
  };
}

function principalsOf({ user }: Call): readonly string[] {
  if (user === ANONYMOUS) {
    return [];
  }
  const account = user.ownerId ?? ACCOUNT_ID;
  return [
    account,
    `arn:aws:iam::${account}:root`,
    `arn:aws:iam::${account}:user/${user.accessKeyId}`,
    userArn({ user }),
  ];
}

function userArn({ user }: Pick<Call, "user">): string {
  return `arn:aws:iam::${ACCOUNT_ID}:user/${user.accessKeyId}`;
}

/** HEAD and GET of a key also ask whether its bucket may be listed with exactly that prefix. */
function listedPrefix({ query, key }: Call): string | undefined {
  return query.get("prefix") ?? (key === "" ? undefined : key);
}

/** Parts and their completion carry no SSE header, so the encryption of the upload counts. */
function uploadEncryption(call: Call, bucket: Bucket): Record<string, string | undefined> {
  const upload = PART_OPERATIONS.includes(call.operation)
    ? bucket.uploads.get(call.query.get("uploadId") ?? "")
    : undefined;
  return upload === undefined ? {} : encryptionConditions(upload.plan.encryption);
}

function encryptionConditions(encryption: ObjectEncryption): Record<string, string> {
  switch (encryption.kind) {
    case "none":
      return {};
    case "sse-s3":
      return { [`s3:${SSE}`]: "AES256" };
    case "sse-kms":
      return { [`s3:${SSE}`]: encryption.algorithm, [`s3:${SSE}-aws-kms-key-id`]: encryption.keyId };
    case "sse-c":
      return { [`s3:${SSE}-customer-algorithm`]: "AES256" };
  }
}

function tagCondition(asked: string, call: Call, object: StoredObject | undefined): string | undefined {
  const [kind, name] = asked.split("/", 2);
  const valueIn = (tags: readonly Tag[]) => tags.find(({ key }) => key.toLowerCase() === name)?.value;
  if (kind === "s3:existingobjecttag") return valueIn(object?.tags ?? []);
  return kind === "s3:requestobjecttag" ? valueIn(parseTaggingHeader(call.headers["x-amz-tagging"] ?? "")) : undefined;
}

/** `s3:x-amz-acl`, `s3:object-lock-mode` and similar keys. */
function headerCondition(asked: string, { headers }: Call): string | undefined {
  const name = asked.replace(/^s3:/, "");
  const value = headers[name.startsWith("object-lock-") ? `x-amz-${name}` : name];
  // A source may be written with a leading slash.
  return name === "x-amz-copy-source" ? value?.replace(/^\//, "") : value;
}
