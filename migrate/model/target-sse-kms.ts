import type { EncryptionState } from "./encryption.js";
import type { CopyReason } from "./reason.js";
import { encryptedReason, type KmsKey, type Target } from "./target.js";

const HEADER = "x-amz-server-side-encryption";

/** A key of the store's key service. */
export function sseKms(key: KmsKey): Target {
  const holds: Target["holds"] = ({ bucket, encryption, kmsKeyId }) =>
    encryption.state === "sse-kms" && kmsKeyId !== undefined && key.isShownAs(bucket, kmsKeyId);
  return {
    name: "sse-kms",
    words: "is under the requested KMS key",
    customerKey: null,
    kmsKey: key,
    headers: () => ({
      [HEADER]: "aws:kms",
      [`${HEADER}-aws-kms-key-id`]: key.given,
      ...(key.bucketKey && { [`${HEADER}-bucket-key-enabled`]: "true" }),
    }),
    holds,
    settles: (facts) => {
      const { state } = facts.encryption;
      if (state === "sse-s3" || state === "sse-kms") return holds(facts) ? "kms-key" : undefined;
      return encryptedReason(state);
    },
    reasonFor: ({ encryption }) => REASONS[encryption.state] ?? "unencrypted-to-sse-kms",
    // A test object under the key decides before the first object.
    lacks: () => null,
    // The ETag of a copy is no MD5: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    keepsEtag: (way) => way === "update-encryption",
    warningOf: (byDefault) => (byDefault === "sse-s3" ? OTHER_DEFAULT : null),
  };
}

const REASONS: Readonly<Partial<Record<EncryptionState, CopyReason>>> = {
  "sse-s3": "sse-s3-to-sse-kms",
  "sse-kms": "sse-kms-to-other-key",
  "sse-c": "sse-c-to-sse-kms",
};

const OTHER_DEFAULT =
  "the bucket's default encryption is SSE-S3: new objects are not encrypted under the KMS key (set it with migrate --set-default, or declare it)";

/**
 * A KMS key by its id, its ARN, an alias or the ARN of an alias. HEAD shows the ARN of the key, so an alias is compared only
 * after a test object has shown which key it is.
 */
export function kmsKey(given: string, bucketKey: boolean): KmsKey {
  const shown = new Map<string, string>();
  return {
    given,
    bucketKey,
    settle: (bucket, name) => {
      const known = shown.get(bucket);
      const isOther = (known ?? name) !== name || (KEY_ARN.test(given) && given !== name);
      if (!isOther) shown.set(bucket, name);
      return !isOther;
    },
    arnIn: (bucket) => [shown.get(bucket), given].find((name) => name !== undefined && KEY_ARN.test(name)),
    shownIn: (bucket) => shown.get(bucket) ?? null,
    isShownAs: (bucket, name) => name === (shown.get(bucket) ?? given) || (!shown.has(bucket) && isIdOf(given, name)),
  };
}

const KEY_ARN = /^arn:[^:]*:kms:[^:]*:[^:]*:key\//;

/** `given` may be the id at the end of a key's ARN. */
function isIdOf(given: string, arn: string): boolean {
  return KEY_ARN.test(arn) && arn.endsWith(`:key/${given}`);
}

/** Whether nothing but a test object can show which key is meant. */
export function isKmsAlias(given: string): boolean {
  return /(^|:)alias\//.test(given);
}
