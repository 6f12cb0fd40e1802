import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import fc from "fast-check";
import {
  EncryptedBucket,
  type EncryptedBucketProps,
  type ObjectOwnership,
  type ObjectStorageProvider,
  type Replication,
  type ServerAccessLogs,
} from "../../../constructs/index.js";

/** Properties of a bucket as plain data, without the target of logs or replicas. */
export interface AskedProps
  extends Omit<
    EncryptedBucketProps,
    | "bucketName"
    | "storage"
    | "importExisting"
    | "forEach"
    | "blockedEncryptionTypes"
    | "serverAccessLogs"
    | "replication"
    | "movedFrom"
  > {
  readonly serverAccessLogs?: Omit<ServerAccessLogs, "bucket">;
  readonly replication?: Omit<Replication, "destination">;
}

/** The KMS key of every destination of replicas on Amazon S3. */
const REPLICA_KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const prefix = word.map((text) => `${text}/`);
const days = fc.integer({ min: 1, max: 400 });
const tags = fc.dictionary(word, word, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
/** Any of these, all of them, or none. */
const some = <T extends object>(arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T, never>(arbitraries, { requiredKeys: [], noNullPrototype: true });

const lifecycleRules = fc.uniqueArray(
  fc
    .record({ id: word, expirationDays: days, prefix, enabled: fc.boolean() })
    .map(({ prefix: text, ...rule }) => (rule.id.length % 2 === 0 ? rule : { ...rule, prefix: text })),
  { selector: ({ id }) => id, minLength: 1, maxLength: 3 },
);

const cors = fc.array(
  fc.record({
    allowedMethods: fc.uniqueArray(fc.constantFrom("GET", "PUT", "HEAD"), { minLength: 1 }),
    allowedOrigins: fc.array(
      word.map((host) => `https://${host}.example`),
      { minLength: 1, maxLength: 2 },
    ),
    maxAgeSeconds: fc.integer({ min: 0, max: 86_400 }),
  }),
  { minLength: 1, maxLength: 2 },
);

/**
 * Some store accepts each property by itself. The caller removes properties that exclude each other
 * or that the store lacks.
 */
export const askedProps: fc.Arbitrary<AskedProps> = some<Required<AskedProps>>({
  versioning: fc.constantFrom("enabled", "suspended"),
  objectLock: fc.boolean(),
  defaultRetention: fc.record({ mode: fc.constantFrom("governance", "compliance"), days }),
  lifecycleRules,
  abortIncompleteMultipartUploadDays: fc.oneof(fc.constant<false>(false), days),
  cors,
  tags,
  website: fc.constantFrom({ indexDocument: "index.html" }, { redirectAllRequestsTo: { hostName: "acme.example" } }),
  removal: fc.constantFrom("retain", "destroy", "destroyWithContents"),
  kmsKey: fc.constantFrom("alias/invoices", REPLICA_KEY),
  bucketKey: fc.boolean(),
  enforceTls: fc.boolean(),
  minimumTlsVersion: fc.constantFrom("1.2", "1.3"),
  denyUnencryptedUploads: fc.boolean(),
  denyCustomerKeys: fc.boolean(),
  requireCustomerKeys: fc.boolean(),
  blockPublicAccess: fc.oneof(
    fc.boolean(),
    some({ blockPublicAcls: fc.boolean(), restrictPublicBuckets: fc.boolean() }),
  ),
  ownership: fc.constantFrom<ObjectOwnership | false>("BucketOwnerEnforced", "ObjectWriter", false),
  serverAccessLogs: some({ prefix }),
  replication: some({
    prefix,
    tags,
    deleteMarkers: fc.boolean(),
    storageClass: fc.constantFrom("STANDARD", "STANDARD_IA"),
  }),
});

/**
 * Declares a bucket for each set of properties, with one bucket for their logs and one for their
 * replicas.
 */
export function declareBuckets(
  stack: TerraformStack,
  storage: ObjectStorageProvider,
  all: readonly AskedProps[],
): void {
  const isAmazon = storage.store.id === "aws";
  const scope = new Construct(stack, `buckets-${storage.store.id}`);
  const logs = new EncryptedBucket(scope, "logs", { storage });
  const backup = new EncryptedBucket(scope, "backup", {
    storage,
    versioning: "enabled",
    ...(isAmazon ? { kmsKey: REPLICA_KEY } : {}),
  });
  for (const [index, { serverAccessLogs, replication, ...asked }] of all.entries()) {
    const props: EncryptedBucketProps = {
      ...asked,
      storage,
      ...(serverAccessLogs === undefined ? {} : { serverAccessLogs: { ...serverAccessLogs, bucket: logs } }),
      ...(replication === undefined
        ? {}
        : { replication: { ...(isAmazon ? { role: ROLE } : {}), ...replication, destination: backup } }),
    };
    new EncryptedBucket(scope, `bucket-${index}`, props);
  }
}

const ROLE = "arn:aws:iam::123456789012:role/replication";
