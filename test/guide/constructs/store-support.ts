import { Construct } from "constructs";
import { EncryptedBucket, type EncryptedBucketProps, type ObjectStorageProvider } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { stackOn, warningsOf } from "../../constructs/synth.js";

type Sample = (scope: Construct, storage: ObjectStorageProvider) => EncryptedBucketProps;

const encrypted = (scope: Construct, id: string) => new EncryptedBucket(scope, id, { versioning: "enabled" });

/** The least that uses a property. */
const SAMPLES: Readonly<Partial<Record<keyof EncryptedBucketProps, Sample>>> = {
  kmsKey: () => ({ kmsKey: "alias/acme" }),
  versioning: () => ({ versioning: "enabled" }),
  objectLock: () => ({ objectLock: true }),
  defaultRetention: () => ({ defaultRetention: { mode: "governance", days: 1 } }),
  lifecycleRules: () => ({ lifecycleRules: [{ id: "old", expirationDays: 1 }] }),
  abortIncompleteMultipartUploadDays: () => ({ abortIncompleteMultipartUploadDays: 7 }),
  tags: () => ({ tags: { team: "billing" } }),
  cors: () => ({ cors: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }] }),
  website: () => ({ website: { indexDocument: "index.html" } }),
  serverAccessLogs: (scope) => ({ serverAccessLogs: { bucket: new EncryptedBucket(scope, "logs") } }),
  replication: (scope, { store }) => ({
    versioning: "enabled",
    replication: {
      destination: encrypted(scope, "replica"),
      ...(store.replication.role.value === "required" ? { role: "arn:aws:iam::111122223333:role/replicate" } : {}),
    },
  }),
  enforceTls: () => ({ enforceTls: true }),
  denyUnencryptedUploads: () => ({ denyUnencryptedUploads: true }),
  denyCustomerKeys: () => ({ denyCustomerKeys: true }),
  requireCustomerKeys: () => ({ requireCustomerKeys: true }),
  blockPublicAccess: () => ({ blockPublicAccess: true }),
  ownership: () => ({ ownership: "BucketOwnerEnforced" }),
};

export type Answer = "yes" | "no" | "?";

/** By property, whether it is declared on a store, refused, or declared with a warning that no document tells. */
export function supportOn(provider: ProviderId): Readonly<Record<string, Answer>> {
  const answers = Object.entries(SAMPLES).map(([property, sample]) => [property, answer(provider, sample)] as const);
  return Object.fromEntries(answers);
}

function answer(provider: ProviderId, sample: Sample): Answer {
  const { stack, storage } = stackOn(provider);
  const bucket = new EncryptedBucket(stack, "bucket", sample(new Construct(stack, "others"), storage));
  if (bucket.node.validate().length > 0) return "no";
  return warningsOf(bucket).some((text) => text.includes("no document of")) ? "?" : "yes";
}
