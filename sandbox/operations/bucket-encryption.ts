import { readText } from "../body/request-body.js";
import { type Answer, emptyAnswer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, child, children, childText, parseXml, type XmlElement } from "../http/xml.js";
import { findBucket } from "../objects/find.js";
import type { Bucket, DefaultEncryption } from "../storage/bucket.js";
import { type Call, type Context, requireSupported } from "./operation.js";

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
