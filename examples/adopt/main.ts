import { BucketEncryption, ObjectStorageProvider, RequireEncryption } from "bucketseal/constructs";
import { App, TerraformStack } from "cdktf";

const { BUCKET_NAME: bucketName = "acme-archive", BUCKETSEAL_ENDPOINT: endpoint } = process.env;

const app = new App();
const stack = new TerraformStack(app, "adopt");

new ObjectStorageProvider(stack, "storage", {
  provider: "ovhcloud",
  region: "gra",
  // Deploys to a server of your own instead, to rehearse without an account.
  ...(endpoint ? { endpoint } : {}),
});

// The bucket exists and stays whose it is: only its default encryption is declared here.
new BucketEncryption(stack, "archive", { bucketName });

RequireEncryption.everywhereIn(app);
app.synth();
