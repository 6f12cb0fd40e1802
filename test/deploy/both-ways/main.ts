import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "bucketseal/constructs";
import { App, TerraformStack } from "cdktf";

const { BUCKETSEAL_ENDPOINT: endpoint = "" } = process.env;

const app = new App();
const stack = new TerraformStack(app, "both-ways");
new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra", endpoint });

const archive = new EncryptedBucket(stack, "archive", { bucketName: "acme-archive", versioning: "enabled" });
const paris = new EncryptedBucket(stack, "paris", { bucketName: "acme-paris", versioning: "enabled" });
const milan = new EncryptedBucket(stack, "milan", {
  bucketName: "acme-milan",
  versioning: "enabled",
  replication: [
    { destination: paris, deleteMarkers: true },
    { destination: archive, prefix: "invoices/", storageClass: "STANDARD_IA" },
  ],
});
paris.addReplication({ destination: milan, deleteMarkers: true });

RequireEncryption.everywhereIn(app);
app.synth();
