import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "bucketseal/constructs";
import { App, TerraformStack } from "cdktf";

const { BUCKET_NAME: bucketName = "acme-invoices", BUCKETSEAL_ENDPOINT: endpoint } = process.env;

const app = new App();
const stack = new TerraformStack(app, "ovhcloud");

new ObjectStorageProvider(stack, "storage", {
  provider: "ovhcloud",
  region: "gra",
  // Deploys to a server of your own instead, to rehearse without an account.
  ...(endpoint ? { endpoint } : {}),
});

new EncryptedBucket(stack, "invoices", { bucketName });
new EncryptedBucket(stack, "exports", { bucketName: `${bucketName}-exports` });

RequireEncryption.everywhereIn(app);
app.synth();
