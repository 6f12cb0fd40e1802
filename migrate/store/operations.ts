import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import type { ObjectStore } from "./object-store.js";

export type Operation = keyof ObjectStore;

interface OperationFacts {
  readonly access: "read" | "write";
  /** The IAM actions that the call needs. The `ForVersion` actions apply if a version is named. */
  readonly actions: readonly string[];
}

export const OPERATIONS: Readonly<Record<Operation, OperationFacts>> = {
  listBuckets: { access: "read", actions: ["s3:ListAllMyBuckets"] },
  getBucketRegion: { access: "read", actions: ["s3:ListBucket"] },
  getBucketEncryption: { access: "read", actions: ["s3:GetEncryptionConfiguration"] },
  putBucketEncryption: { access: "write", actions: ["s3:PutEncryptionConfiguration"] },
  getBucketVersioning: { access: "read", actions: ["s3:GetBucketVersioning"] },
  getObjectLockConfiguration: { access: "read", actions: ["s3:GetBucketObjectLockConfiguration"] },
  getBucketLifecycle: { access: "read", actions: ["s3:GetLifecycleConfiguration"] },
  getBucketReplication: { access: "read", actions: ["s3:GetReplicationConfiguration"] },
  getBucketOwnership: { access: "read", actions: ["s3:GetBucketOwnershipControls"] },
  getBucketPolicy: { access: "read", actions: ["s3:GetBucketPolicy"] },
  listMultipartUploads: { access: "read", actions: ["s3:ListBucketMultipartUploads"] },
  listOpenUploads: { access: "read", actions: ["s3:ListBucketMultipartUploads"] },
  listObjects: { access: "read", actions: ["s3:ListBucket"] },
  // Without these permissions, HEAD silently omits the lock headers and the tag count.
  headObject: {
    access: "read",
    actions: [
      "s3:GetObject",
      "s3:GetObjectVersion",
      "s3:GetObjectTagging",
      "s3:GetObjectRetention",
      "s3:GetObjectLegalHold",
    ],
  },
  getFirstByte: { access: "read", actions: ["s3:GetObject", "s3:GetObjectVersion"] },
  getObject: { access: "read", actions: ["s3:GetObject", "s3:GetObjectVersion"] },
  openObject: { access: "read", actions: ["s3:GetObject", "s3:GetObjectVersion"] },
  putObject: {
    access: "write",
    actions: [
      "s3:PutObject",
      "s3:PutObjectAcl",
      "s3:PutObjectTagging",
      "s3:PutObjectRetention",
      "s3:PutObjectLegalHold",
    ],
  },
  addDeleteMarker: { access: "write", actions: ["s3:DeleteObject"] },
  deleteObject: { access: "write", actions: ["s3:DeleteObject", "s3:DeleteObjectVersion"] },
  listObjectVersions: { access: "read", actions: ["s3:ListBucketVersions"] },
  listVersions: { access: "read", actions: ["s3:ListBucketVersions"] },
  getObjectTagging: { access: "read", actions: ["s3:GetObjectTagging", "s3:GetObjectVersionTagging"] },
  putObjectTagging: { access: "write", actions: ["s3:PutObjectTagging", "s3:PutObjectVersionTagging"] },
  getObjectAcl: { access: "read", actions: ["s3:GetObjectAcl", "s3:GetObjectVersionAcl"] },
  getObjectRetention: { access: "read", actions: ["s3:GetObjectRetention"] },
  getObjectLegalHold: { access: "read", actions: ["s3:GetObjectLegalHold"] },
  putObjectRetention: { access: "write", actions: ["s3:PutObjectRetention"] },
  putObjectLegalHold: { access: "write", actions: ["s3:PutObjectLegalHold"] },
  // The key needs kms:Encrypt, Decrypt, GenerateDataKey and ReEncrypt* too.
  updateObjectEncryption: { access: "write", actions: ["s3:UpdateObjectEncryption"] },
  copyObject: {
    access: "write",
    actions: [
      "s3:GetObject",
      "s3:GetObjectTagging",
      "s3:PutObject",
      "s3:PutObjectAcl",
      "s3:PutObjectTagging",
      "s3:PutObjectRetention",
      "s3:PutObjectLegalHold",
    ],
  },
  createMultipartUpload: { access: "write", actions: ["s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"] },
  uploadPartCopy: { access: "write", actions: ["s3:GetObject", "s3:PutObject"] },
  completeMultipartUpload: { access: "write", actions: ["s3:PutObject"] },
  listParts: { access: "read", actions: ["s3:ListMultipartUploadParts"] },
  abortMultipartUpload: { access: "write", actions: ["s3:AbortMultipartUpload"] },
};

type AroundCall = (operation: Operation, call: () => Promise<unknown>) => Promise<unknown>;

/**
 * A store that sends every call through `around`, or every call for which `isAround` is true. All decorators
 * are built on it.
 */
export function interceptCalls(
  store: ObjectStore,
  around: AroundCall,
  isAround: (operation: Operation) => boolean = () => true,
): ObjectStore {
  const wrap = (operation: Operation) => {
    const call = store[operation].bind(store) as (input: never) => Promise<unknown>;
    return isAround(operation) ? (input: never) => around(operation, () => call(input)) : call;
  };
  const operations = Object.keys(OPERATIONS) as Operation[];
  return Object.fromEntries(operations.map((operation) => [operation, wrap(operation)])) as unknown as ObjectStore;
}

/** A request and its answer, for a log. Headers and queries may contain secrets, so it has neither. */
export interface SentRequest {
  readonly operation: Operation;
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly ms: number;
  readonly attempt: number;
}

/** Every request of this process. Without subscribers, none is published. */
export const requests = channel("bucketseal:request");
export const attempts = new AsyncLocalStorage<number>();

export function publishRequest(begunAt: number, request: Omit<SentRequest, "ms" | "attempt">): void {
  const ms = Math.round(performance.now() - begunAt);
  requests.publish({ ...request, ms, attempt: attempts.getStore() ?? 1 } satisfies SentRequest);
}

/** The results of calls side by side. If some fail, rejects with the error of the first of them, once all have ended. */
export async function allEnded<const Calls extends readonly unknown[]>(calls: Calls) {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}
