import { App, TerraformStack } from "cdktf";
// In a project of your own: from "bucketseal/constructs".
import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "../../constructs/index.js";

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
