import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";
import type { EncryptedBucketProps } from "./encrypted-bucket-props.js";

const KNOWN: Readonly<Record<keyof EncryptedBucketProps, true>> = {
  abortIncompleteMultipartUploadDays: true,
  blockPublicAccess: true,
  bucketKey: true,
  bucketName: true,
  cors: true,
  defaultRetention: true,
  denyCustomerKeys: true,
  denyUnencryptedUploads: true,
  enforceTls: true,
  importExisting: true,
  kmsKey: true,
  lifecycleRules: true,
  minimumTlsVersion: true,
  objectLock: true,
  ownership: true,
  removal: true,
  replication: true,
  requireCustomerKeys: true,
  serverAccessLogs: true,
  storage: true,
  tags: true,
  versioning: true,
  website: true,
};

/**
 * Warns of properties that there are not, such as CDK's `versioned`, which would be left out without a word: the compiler finds them in
 * literals alone. No error, since a construct around this one may pass on its own properties with those for the bucket.
 */
export function warnOfUnknown(bucket: IConstruct, props: object): void {
  const unknown = Object.entries(props).filter(([name, value]) => !Object.hasOwn(KNOWN, name) && value !== undefined);
  for (const [name] of unknown) {
    Annotations.of(bucket).addWarning(
      `${name} is no property of an EncryptedBucket and has no effect; look its name up in docs/constructs.md, or leave it out`,
    );
  }
}
