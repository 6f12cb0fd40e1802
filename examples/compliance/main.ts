import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "bucketseal/constructs";
import { App, Aspects, TerraformStack } from "cdktf";
import { LegacyStack } from "./legacy-stack.js";

const { BUCKET_NAME: prefix = "acme", BUCKETSEAL_ENDPOINT: endpoint } = process.env;

const app = new App();

// Existing buckets get a default, and keep their code.
const legacy = new LegacyStack(app, "legacy", { prefix, endpoint });
Aspects.of(legacy).add(new RequireEncryption({ mode: "fix" }));

// Records that nobody deletes by mistake for a year; under "compliance" nobody could at all, the account's owner included.
const records = new TerraformStack(app, "records");
new ObjectStorageProvider(records, "storage", {
  provider: "ovhcloud",
  region: "gra",
  // Deploys to a server of your own instead, to rehearse without an account.
  ...(endpoint ? { endpoint } : {}),
});
new EncryptedBucket(records, "ledger", {
  bucketName: `${prefix}-ledger`,
  defaultRetention: { mode: "governance", years: 1 },
});

// A bucket that is declared from now on and does not encrypt fails the synth.
RequireEncryption.everywhereIn(app);
app.synth();
