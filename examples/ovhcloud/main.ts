import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "bucketseal/constructs";
import { App, TerraformStack } from "cdktf";

const { BUCKET_NAME: bucketName = "acme-invoices", BUCKETSEAL_ENDPOINT: endpoint } = process.env;

const app = new App();
const stack = new TerraformStack(app, "ovhcloud");

new ObjectStorageProvider(stack, "storage", {
  provider: "ovhcloud",
  // Three availability zones, in Paris.
  region: "eu-west-par",
  // Deploys to a server of your own instead, to rehearse without an account.
  ...(endpoint ? { endpoint } : {}),
});

const logs = new EncryptedBucket(stack, "logs", {
  bucketName: `${bucketName}-logs`,
  lifecycleRules: [{ id: "after-a-year", expirationDays: 365 }],
});

new EncryptedBucket(stack, "invoices", {
  bucketName,
  versioning: "enabled",
  serverAccessLogs: { bucket: logs, prefix: "invoices/" },
  lifecycleRules: [{ id: "old-versions", noncurrentVersionExpirationDays: 90 }],
});

new EncryptedBucket(stack, "exports", {
  bucketName: `${bucketName}-exports`,
  lifecycleRules: [{ id: "after-a-month", expirationDays: 30 }],
});

RequireEncryption.everywhereIn(app);
app.synth();
