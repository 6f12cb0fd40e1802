import { createHash } from "node:crypto";
import type { Behaviour } from "../behaviour.js";
import type { RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import type { Bucket, DefaultEncryption } from "../storage/bucket.js";
import type { ObjectEncryption } from "../storage/object-version.js";
import type { Sealing } from "../storage/pieces.js";
import { readCustomerKey } from "./customer-key.js";
import { requireKmsRight, usableKmsKey } from "./kms-keys.js";

export interface TargetEncryption {
  readonly encryption: ObjectEncryption;
  readonly sealing: Sealing;
}

export type Writing = "put" | "copy";

const SSE = "x-amz-server-side-encryption";
const KMS_KEY = `${SSE}-aws-kms-key-id`;
const BUCKET_KEY = `${SSE}-bucket-key-enabled`;
const PLAINTEXT: TargetEncryption = { encryption: { kind: "none" }, sealing: { kind: "none" } };

/** The encryption of a new object: from its headers, otherwise from the bucket's default. */
export function targetEncryption(call: Call, context: Context, bucket: Bucket, writing: Writing): TargetEncryption {
  const { behaviour } = context;
  const { headers } = call;
  const customer = readCustomerKey(headers);
  const algorithm = headers[SSE];
  checkKmsKey(algorithm, headers);
  if (customer !== undefined) {
    if (algorithm !== undefined) {
      throw new S3Error("InvalidArgument", {
        message:
          "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
      });
    }
    return { encryption: { kind: "sse-c", keyMd5: customer.md5 }, sealing: { kind: "key", key: customer.key } };
  }
  const asked = algorithm === undefined ? undefined : askedEncryption(algorithm, headers, bucket, behaviour);
  const chosen = asked ?? defaultEncryption(bucket, behaviour, writing);
  if (chosen === null || (writing === "copy" && behaviour.sseHeaderOnCopy === "ignored")) {
    return PLAINTEXT;
  }
  const encryption = encryptionOf(chosen, context, writing);
  if (encryption.kind === "sse-kms") {
    requireKmsRight(call, "GenerateDataKey", encryption.keyId);
  }
  const key = context.store.keyRing.bucketKey(bucket.facts.wrappedKey);
  return { encryption, sealing: { kind: "key", key } };
}

function checkKmsKey(algorithm: string | undefined, headers: RequestHeaders): void {
  if (headers[KMS_KEY] !== undefined && algorithm?.startsWith("aws:kms") !== true) {
    throw new S3Error("InvalidArgument", {
      message: `${SSE} must be aws:kms or aws:kms:dsse where ${KMS_KEY} is given`,
      fields: { ArgumentName: SSE, ArgumentValue: algorithm ?? "null" },
    });
  }
}

function askedEncryption(
  algorithm: string,
  headers: RequestHeaders,
  { facts }: Bucket,
  behaviour: Behaviour,
): DefaultEncryption {
  if (algorithm === "AES256") {
    if (behaviour.sseS3 === "refused") throw new S3Error("NotImplemented");
    return { algorithm, bucketKey: false };
  }
  const isKms = algorithm === "aws:kms" || algorithm === "aws:kms:dsse";
  if (!isKms) {
    throw new S3Error("InvalidArgument", {
      message: "The encryption method specified is not supported",
      fields: { ArgumentName: SSE, ArgumentValue: algorithm },
    });
  }
  if (behaviour.sseKms === "refused") {
    throw new S3Error("InvalidEncryptionAlgorithmError", { fields: { ArgumentName: SSE, ArgumentValue: algorithm } });
  }
  const keyId = headers[KMS_KEY];
  // The bucket's default decides everything that the request leaves open.
  const sent = headers[BUCKET_KEY];
  const bucketKey = sent === undefined ? facts.encryption?.bucketKey === true : sent.toLowerCase() === "true";
  return { algorithm, bucketKey, ...(keyId !== undefined && { keyId }) };
}

function defaultEncryption(bucket: Bucket, behaviour: Behaviour, writing: Writing): DefaultEncryption | null {
  if (writing === "copy" && !behaviour.defaultEncryptionOnCopy) {
    return null;
  }
  const always = behaviour.unsetDefaultEncryption === "aes256";
  return bucket.facts.encryption ?? (always ? { algorithm: "AES256", bucketKey: false } : null);
}

function encryptionOf(chosen: DefaultEncryption, context: Context, writing: Writing): ObjectEncryption {
  const { behaviour } = context;
  if (chosen.algorithm === "AES256") {
    const reported = writing === "put" ? behaviour.headReportsSseAfterPut : behaviour.headReportsSseAfterCopy;
    return { kind: "sse-s3", reported };
  }
  const { algorithm, keyId, bucketKey } = chosen;
  const isTaken = bucketKey && behaviour.bucketKeys === "honoured";
  return { kind: "sse-kms", algorithm, keyId: usableKmsKey(context, keyId), ...(isTaken && { bucketKey: true }) };
}

/** The encryption headers of HEAD and GET. */
export function encryptionHeaders(encryption: ObjectEncryption): Record<string, string> {
  switch (encryption.kind) {
    case "none":
      return {};
    case "sse-s3":
      return encryption.reported ? { [SSE]: "AES256" } : {};
    case "sse-kms":
      return {
        [SSE]: encryption.algorithm,
        [KMS_KEY]: encryption.keyId,
        ...(encryption.bucketKey && { [BUCKET_KEY]: "true" }),
      };
    case "sse-c":
      return { [`${SSE}-customer-algorithm`]: "AES256", [`${SSE}-customer-key-md5`]: encryption.keyMd5 };
  }
}

/** The same for the answer to a write; some stores omit them. */
export function writeEncryptionHeaders(encryption: ObjectEncryption, behaviour: Behaviour): Record<string, string> {
  if (!behaviour.writesReportSse) {
    return {};
  }
  return encryptionHeaders(encryption.kind === "sse-s3" ? { ...encryption, reported: true } : encryption);
}

/**
 * The ETag of bytes with this MD5: some stores hide the MD5 of objects under SSE-C or KMS. If a part is sent
 * again, its ETag is the same.
 */
export function contentEtag(md5: string, encryption: ObjectEncryption, behaviour: Behaviour): string {
  const { kind } = encryption;
  if (behaviour.etagOfForeignKeys !== "opaque" || (kind !== "sse-c" && kind !== "sse-kms")) {
    return md5;
  }
  const key = kind === "sse-c" ? encryption.keyMd5 : encryption.keyId;
  return createHash("md5").update(`${kind} ${key} ${md5}`).digest("hex");
}
