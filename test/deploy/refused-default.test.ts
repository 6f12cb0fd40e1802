// @module-tag deploy
import { GetBucketEncryptionCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { EncryptedBucket, ObjectStorageProvider } from "../../constructs/index.js";
import { startSandbox } from "../../sandbox/index.js";
import { deployMissing, providerMirror } from "./prerequisites.js";
import { TerraformProject } from "./terraform-project.js";

const skipped = deployMissing();
const title = "a default that the store refuses at first is set by the next deployment";

it.skipIf(skipped !== undefined)(
  skipped === undefined ? title : `${title} (skipped: ${skipped})`,
  { timeout: 300_000 },
  async () => {
    const sandbox = await startSandbox({ region: "gra", behaviour: { defaultEncryptionRefused: "first-time" } });
    const { endpoint, credentials } = sandbox;
    const s3 = new S3Client({ endpoint, credentials, region: "gra", forcePathStyle: true });
    const encryption = () => s3.send(new GetBucketEncryptionCommand({ Bucket: "acme-invoices" }));
    const project = await TerraformProject.create({ mirror: providerMirror, server: sandbox, stack: "refused" });
    try {
      project.synth((stack) => {
        new ObjectStorageProvider(stack, "store", { provider: "ovhcloud", region: "gra", endpoint });
        new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices" });
      });
      expect(await project.terraform("init", "-no-color")).toMatchObject({ exitCode: 0 });
      const first = await project.apply();
      expect(first.exitCode).toBe(1);
      expect(JSON.stringify(first.errors)).toContain("Did not expect element ApplyServerSideEncryptionByDefault");
      await expect(encryption()).rejects.toMatchObject({ name: "ServerSideEncryptionConfigurationNotFoundError" });
      expect(await project.apply()).toMatchObject({ exitCode: 0, errors: [] });
      expect((await encryption()).ServerSideEncryptionConfiguration?.Rules?.[0]).toMatchObject({
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
      });
      expect(await project.plan()).toMatchObject({ exitCode: 0, changes: {} });
    } finally {
      s3.destroy();
      await project.remove();
      await sandbox.close();
    }
  },
);
