import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, child, children, childText, parseXml, type XmlElement } from "../http/xml.js";
import { commitObject } from "../objects/commit-version.js";
import { findBucket, findObject } from "../objects/find.js";
import { requireKmsRight, usableKmsKey } from "../objects/kms-keys.js";
import { isLocked } from "../objects/lock.js";
import type { Bucket, DefaultEncryption } from "../storage/bucket.js";
import type { ObjectEncryption, StoredObject } from "../storage/object-version.js";
import { type Call, type Context, notImplemented, requireSupported } from "./operation.js";
import { putObject } from "./put-object.js";

const ROOT = "ServerSideEncryptionConfiguration";
const AES256: DefaultEncryption = { algorithm: "AES256", bucketKey: false };

export function getBucketEncryption(call: Call, context: Context): Answer {
  requireSupported(context, "encryption");
  const { encryption } = findBucket(context, call.bucket).facts;
  return encryption === null ? unsetAnswer(call.bucket, context) : xmlAnswer(describe(encryption));
}

function unsetAnswer(bucket: string, context: Context): Answer {
  switch (context.behaviour.unsetDefaultEncryption) {
    case "not-found":
      throw new S3Error("ServerSideEncryptionConfigurationNotFoundError", { fields: { BucketName: bucket } });
    case "empty":
      return xmlAnswer(buildXml(ROOT, {}));
    case "plaintext":
      return xmlAnswer(buildXml(ROOT, { Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "plaintext" } } }));
    case "aes256":
      return xmlAnswer(describe(AES256));
  }
}

function describe({ algorithm, keyId, bucketKey }: DefaultEncryption): string {
  return buildXml(ROOT, {
    Rule: {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: keyId },
      BucketKeyEnabled: bucketKey,
    },
  });
}

export async function putBucketEncryption(call: Call, context: Context): Promise<Answer> {
  requireSupported(context, "encryption");
  const bucket = findBucket(context, call.bucket);
  const rules = children(parseXml(await readText(call.body), ROOT), "Rule");
  const [rule] = rules;
  if (rule === undefined || rules.length > 1) {
    throw new S3Error("MalformedXML");
  }
  refuseUnexpected(bucket, context);
  const encryption = readRule(rule, context);
  await context.store.commit(bucket, { kind: "facts", facts: { ...bucket.facts, encryption } });
  return emptyAnswer(200);
}

const refusedOnce = new WeakSet<Bucket>();

/**
 * https://github.com/ovh/terraform-provider-ovh/issues/1156: open, and it is unknown which buckets are
 * affected.
 */
function refuseUnexpected(bucket: Bucket, { behaviour }: Context): void {
  const { defaultEncryptionRefused: when } = behaviour;
  if (when === "never" || (when === "first-time" && refusedOnce.has(bucket))) {
    return;
  }
  refusedOnce.add(bucket);
  throw new S3Error("MalformedXML", {
    message: "Did not expect element ApplyServerSideEncryptionByDefault there, line 1",
  });
}

function readRule(rule: XmlElement, { behaviour }: Context): DefaultEncryption {
  const byDefault = child(rule, "ApplyServerSideEncryptionByDefault");
  const algorithm = childText(byDefault, "SSEAlgorithm")?.trim();
  const keyId = childText(byDefault, "KMSMasterKeyID")?.trim();
  const bucketKey = childText(rule, "BucketKeyEnabled")?.trim() === "true";
  if (algorithm === "AES256") {
    if (keyId !== undefined) {
      throw new S3Error("InvalidArgument", {
        message: "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
      });
    }
    return { algorithm, bucketKey };
  }
  if (algorithm !== "aws:kms" && algorithm !== "aws:kms:dsse") {
    throw new S3Error("MalformedXML");
  }
  if (behaviour.sseKms === "refused") {
    throw new S3Error("InvalidEncryptionAlgorithmError");
  }
  return { algorithm, bucketKey, ...(keyId !== undefined && { keyId }) };
}

export async function deleteBucketEncryption(call: Call, context: Context): Promise<Answer> {
  requireSupported(context, "encryption");
  const bucket = findBucket(context, call.bucket);
  await context.store.commit(bucket, { kind: "facts", facts: { ...bucket.facts, encryption: null } });
  return emptyAnswer(204);
}

/**
 * Puts one version under a KMS key and keeps its bytes, ETag, date and version. The sandbox seals SSE-S3 and
 * SSE-KMS with one key a bucket, so no data key is wrapped anew.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_UpdateObjectEncryption.html
 */
export async function updateObjectEncryption(call: Call, context: Context): Promise<Answer> {
  const { updateObjectEncryption: support, sseKms } = context.behaviour;
  if (support === "taken-for-put") return putObject(call, context);
  if (support === "not-implemented" || sseKms === "refused") throw notImplemented("UpdateObjectEncryption");
  const bucket = findBucket(context, call.bucket);
  const request = parseXml(await readText(call.body), "ObjectEncryption");
  // Read after the body: the object is the one at the moment of the change.
  const object = findObject(bucket, call);
  const encryption = requestedEncryption(call, context, request);
  refuseSource(call, context, object);
  refuseLocked(object, context.now());
  if (support === "ignored") return emptyAnswer(200);
  if (support === "rewrites") {
    const { lastModified: _date, versionId: _version, ...content } = object;
    await commitObject(call, context, bucket, { ...content, encryption }, "ignored");
  } else {
    await context.store.commit(bucket, { kind: "update", version: { ...object, encryption } });
  }
  return emptyAnswer(200);
}

const KEY_ARN = /^arn:aws[-a-z0-9]*:kms:[-a-z0-9]*:[0-9]{12}:key\/.+$/;

function requestedEncryption(call: Call, context: Context, request: XmlElement): ObjectEncryption {
  const asked = child(request, "SSE-KMS");
  if (asked === undefined) {
    throw new S3Error("InvalidRequest", {
      message:
        "Requests that modify an object encryption configuration require a valid new encryption type. Valid values are SSEKMS. Modify the request to specify SSE-KMS for the updated encryption type, and then try again.",
    });
  }
  const arn = childText(asked, "KMSKeyArn")?.trim() ?? "";
  if (!KEY_ARN.test(arn)) {
    throw new S3Error("InvalidRequest", {
      message:
        "Requests that modify an object's encryption type to SSE-KMS require a valid AWS KMS key Amazon Resource Name (ARN). Confirm that you have a correctly formatted KMS key ARN in your request, and then try again.",
    });
  }
  const keyId = usableKmsKey(context, arn);
  for (const right of ["Encrypt", "Decrypt", "GenerateDataKey", "ReEncryptTo"] as const) {
    requireKmsRight(call, right, keyId);
  }
  const asksBucketKey = childText(asked, "BucketKeyEnabled")?.trim().toLowerCase() === "true";
  const isTaken = asksBucketKey && context.behaviour.bucketKeys === "honoured";
  return { kind: "sse-kms", algorithm: "aws:kms", keyId, ...(isTaken && { bucketKey: true }) };
}

const SUPPORTED = "Only source objects encrypted with SSE-S3 or SSE-KMS are supported.";

function refuseSource(call: Call, context: Context, { encryption }: StoredObject): void {
  if (encryption.kind === "none") {
    throw new S3Error("InvalidRequest", {
      message: `The UpdateObjectEncryption operation doesn't support unencrypted source objects. ${SUPPORTED}`,
    });
  }
  if (encryption.kind === "sse-c" || (encryption.kind === "sse-kms" && encryption.algorithm === "aws:kms:dsse")) {
    throw new S3Error("InvalidRequest", {
      message: `The UpdateObjectEncryption operation doesn't support source objects with the encryption type DSSE-KMS or SSE-C. ${SUPPORTED}`,
    });
  }
  if (encryption.kind !== "sse-kms") return;
  const before = usableKmsKey(context, encryption.keyId);
  requireKmsRight(call, "Decrypt", before);
  requireKmsRight(call, "ReEncryptFrom", before);
}

function refuseLocked(object: StoredObject, now: number): void {
  if (!isLocked(object, now)) return;
  throw new S3Error("AccessDenied", {
    message:
      "The encryption type for the specified object can't be updated because that object is protected by S3 Object Lock.",
  });
}
