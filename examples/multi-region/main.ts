import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "bucketseal/constructs";
import { App, TerraformStack } from "cdktf";

const { BUCKET_NAME: bucketName = "acme-ledger", PARIS_ENDPOINT, ROUBAIX_ENDPOINT } = process.env;

const app = new App();
const stack = new TerraformStack(app, "multi-region");

// With an endpoint each goes to a server of your own instead, to rehearse without an account.
const paris = new ObjectStorageProvider(stack, "paris", {
  provider: "ovhcloud",
  region: "eu-west-par",
  ...(PARIS_ENDPOINT ? { endpoint: PARIS_ENDPOINT } : {}),
});
const roubaix = new ObjectStorageProvider(stack, "roubaix", {
  provider: "ovhcloud",
  region: "rbx",
  alias: "roubaix",
  ...(ROUBAIX_ENDPOINT ? { endpoint: ROUBAIX_ENDPOINT } : {}),
});

// Only a bucket that encrypts by default is accepted as a destination, so that no replica is written in plaintext.
const copy = new EncryptedBucket(stack, "copy", {
  bucketName: `${bucketName}-copy`,
  storage: roubaix,
  versioning: "enabled",
});
new EncryptedBucket(stack, "ledger", {
  bucketName,
  storage: paris,
  versioning: "enabled",
  replication: { destination: copy },
});

RequireEncryption.everywhereIn(app);
app.synth();
