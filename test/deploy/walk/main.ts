import { BucketEncryption, EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "bucketseal/constructs";
import { App, TerraformStack } from "cdktf";

const { BUCKETSEAL_ENDPOINT: endpoint = "" } = process.env;

const app = new App();
const stack = new TerraformStack(app, "walk");
new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra", endpoint });

new BucketEncryption(stack, "archive", { bucketName: "acme-archive" });
new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
// Terraform makes its name.
new EncryptedBucket(stack, "scratch");

RequireEncryption.everywhereIn(app);
app.synth();
