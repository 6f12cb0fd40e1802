// @module-tag deploy
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { TerraformOutput } from "cdktf";
import { expect, it } from "vitest";
import { EncryptedBucket, ObjectStorageProvider } from "../../constructs/index.js";
import { rightsFor } from "../../providers/index.js";
import { startSandbox } from "../../sandbox/index.js";
import { deployMissing, providerMirror } from "./prerequisites.js";
import { TerraformProject } from "./terraform-project.js";

const skipped = deployMissing();
const title = "grants of several buckets are joined to one document by Terraform";

it.skipIf(skipped !== undefined)(
  skipped === undefined ? title : `${title} (skipped: ${skipped})`,
  { timeout: 300_000 },
  async () => {
    const sandbox = await startSandbox({ region: "eu-west-3", profile: "aws" });
    const project = await TerraformProject.create({ mirror: providerMirror, server: sandbox, stack: "grants" });
    try {
      project.synth((stack) => {
        const { endpoint } = sandbox;
        new ObjectStorageProvider(stack, "store", { provider: "aws", region: "eu-west-3", endpoint });
        const [invoices, archive] = ["acme-invoices", "acme-archive"].map(
          (bucketName) =>
            new EncryptedBucket(stack, bucketName, { bucketName, abortIncompleteMultipartUploadDays: false }),
        ) as [EncryptedBucket, EncryptedBucket];
        const sourcePolicyDocuments = [invoices.grantMigrate(), archive.grantRead("2024/")];
        const { json } = new DataAwsIamPolicyDocument(stack, "operator", { sourcePolicyDocuments });
        new TerraformOutput(stack, "policy", { value: json });
      });
      expect(await project.terraform("init", "-no-color")).toMatchObject({ exitCode: 0 });
      expect(await project.apply()).toMatchObject({ exitCode: 0, errors: [] });
      const { output } = await project.terraform("output", "-raw", "policy");
      const { Statement } = JSON.parse(output) as { Statement: { Action: string[]; Resource: string[] }[] };
      expect(Statement.map(({ Resource }) => Resource)).toEqual([
        ["arn:aws:s3:::acme-invoices"],
        ["arn:aws:s3:::acme-invoices/*"],
        ["arn:aws:s3:::acme-invoices/.bucketseal-canary-*", "arn:aws:s3:::acme-invoices/.bucketseal-probe-*"],
        ["arn:aws:s3:::acme-archive"],
        ["arn:aws:s3:::acme-archive/2024/*"],
      ]);
      expect(Statement[1]?.Action.sort()).toEqual(rightsFor.migrate.objects);
    } finally {
      await project.remove();
      await sandbox.close();
    }
  },
);
