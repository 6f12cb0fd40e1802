import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "bucketseal/constructs";
import { App, TerraformStack } from "cdktf";

const { BUCKET_NAME: bucketName = "acme-invoices", KMS_KEY: kmsKey = "alias/acme-invoices" } = process.env;
const { AUDITORS = "arn:aws:iam::111122223333:role/auditors", BUCKETSEAL_ENDPOINT: endpoint } = process.env;

const app = new App();
const stack = new TerraformStack(app, "aws");

new ObjectStorageProvider(stack, "storage", {
  provider: "aws",
  region: "eu-west-3",
  // Deploys to a server of your own instead, to rehearse without an account.
  ...(endpoint ? { endpoint } : {}),
});

// Logs stay under keys of the store (SSE-S3): Amazon S3 delivers none into a bucket that a KMS key encrypts.
const logs = new EncryptedBucket(stack, "logs", {
  bucketName: `${bucketName}-logs`,
  enforceTls: true,
  lifecycleRules: [{ id: "after-a-year", expirationDays: 365 }],
});

const invoices = new EncryptedBucket(stack, "invoices", {
  bucketName,
  kmsKey,
  versioning: "enabled",
  enforceTls: true,
  minimumTlsVersion: "1.2",
  denyCustomerKeys: true,
  serverAccessLogs: { bucket: logs, prefix: "invoices/" },
  lifecycleRules: [{ id: "old-versions", noncurrentVersionExpirationDays: 90, newerNoncurrentVersions: 3 }],
  tags: { team: "billing", confidentiality: "high" },
});

invoices.addToResourcePolicy({
  sid: "AuditorsRead",
  effect: "Allow",
  principals: { AWS: AUDITORS },
  actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"],
});

RequireEncryption.everywhereIn(app);
app.synth();
