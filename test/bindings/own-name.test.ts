import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { describe, expect, it } from "vitest";
import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "../../constructs/index.js";
import { synthApp } from "../constructs/synth.js";
import { BINDINGS_VARIABLE } from "./bindings.js";

const skipped = process.env[BINDINGS_VARIABLE] !== "cdktn";
// Under its own name CDK Terrain is installed once more, for its bindings: an app that imports it so has two copies at work.
const title = "an app that imports CDK Terrain by its own name";
describe.skipIf(skipped)(skipped ? `${title} (skipped: npm run test:cdktn runs it)` : title, () => {
  const library = "cdktn";

  async function appWithRawBucket() {
    const { TerraformStack, Testing } = (await import(library)) as typeof import("cdktf");
    const app = Testing.app();
    const stack = new TerraformStack(app, "stack");
    new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra" });
    const invoices = new EncryptedBucket(stack, "invoices");
    new S3Bucket(stack, "raw", { bucket: `${invoices.bucketName}-raw` });
    return app;
  }

  it("fails to synthesise if it has a raw bucket", async () => {
    const app = await appWithRawBucket();
    RequireEncryption.everywhereIn(app);
    expect(() => app.synth()).toThrow(/bucket "stack\/raw" has no encryption default \(created at test\/bindings/);
  });

  it("gets a warning for a raw bucket in warn mode", async () => {
    const app = await appWithRawBucket();
    RequireEncryption.everywhereIn(app, { mode: "warn" });
    expect(synthApp(app).annotations).toMatchObject([{ level: "@cdktf/warn" }]);
  });

  it("gets an info annotation for a raw bucket in fix mode, and does not fail", async () => {
    const app = await appWithRawBucket();
    RequireEncryption.everywhereIn(app, { mode: "fix" });
    expect(synthApp(app).annotations).toMatchObject([{ level: "@cdktf/info" }]);
  });
});
