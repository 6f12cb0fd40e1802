// @module-tag deploy
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetBucketEncryptionCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { TerraformIterator, type TerraformStack } from "cdktf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EncryptedBucket, ObjectStorageProvider } from "../../constructs/index.js";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { runCli } from "../cli/run-cli.js";
import { deployMissing, providerMirror } from "./prerequisites.js";
import { TerraformProject } from "./terraform-project.js";

const skipped = deployMissing();
const title = "one declaration of three buckets";
const NAMES = ["acme-exports", "acme-invoices", "acme-logs"];

describe.skipIf(skipped !== undefined)(skipped === undefined ? title : `${title} (skipped: ${skipped})`, () => {
  let sandbox: Sandbox;
  let project: TerraformProject;
  let s3: S3Client;

  beforeAll(async () => {
    sandbox = await startSandbox({ region: "gra" });
    const { endpoint, credentials } = sandbox;
    s3 = new S3Client({ endpoint, credentials, region: "gra", forcePathStyle: true });
    project = await TerraformProject.create({ mirror: providerMirror, server: sandbox, stack: "each" });
  });
  afterAll(async () => {
    s3?.destroy();
    await project?.remove();
    await sandbox?.close();
  });

  function declare(stack: TerraformStack): void {
    new ObjectStorageProvider(stack, "store", { provider: "ovhcloud", region: "gra", endpoint: sandbox.endpoint });
    const list = TerraformIterator.fromList(["exports", "invoices"]);
    const map = TerraformIterator.fromMap({ logs: { name: "acme-logs", days: 9 } });
    new EncryptedBucket(stack, "pair", {
      forEach: list,
      bucketName: `acme-${list.key}`,
      versioning: "enabled",
      cors: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }],
    });
    new EncryptedBucket(stack, "third", { forEach: map, bucketName: map.getString("name"), tags: { team: map.key } });
  }

  it("is valid, deploys, and has no changes in a second plan", { timeout: 300_000 }, async () => {
    project.synth(declare);
    expect(await project.terraform("init", "-no-color")).toMatchObject({ exitCode: 0 });
    expect(await project.terraform("validate", "-no-color")).toMatchObject({ exitCode: 0 });
    expect(await project.apply()).toMatchObject({ exitCode: 0, errors: [] });
    expect(await project.plan()).toMatchObject({ exitCode: 0, changes: {}, errors: [] });
  });

  it("creates three buckets with AES256 as their default", async () => {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name).sort()).toEqual(NAMES);
    for (const Bucket of NAMES) {
      const { ServerSideEncryptionConfiguration: found } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      expect(found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe("AES256");
    }
  });

  it("outputs all three buckets for audit --targets once it is deployed", { timeout: 120_000 }, async () => {
    for (const Bucket of NAMES) await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "a" }));
    const { output } = await project.terraform("output", "-json");
    const file = join(project.folder, "outputs.json");
    await writeFile(file, output);
    const env = {
      AWS_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sandbox.credentials.secretAccessKey,
    };
    const audit = await runCli(["audit", "--targets", file, "--endpoint", sandbox.endpoint], {
      folder: project.folder,
      env,
    });
    expect(audit).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed: 0 of 3 objects") });
    const stack = join(project.outdir, "stacks", "each");
    const before = await runCli(["audit", "--targets", stack, "--endpoint", sandbox.endpoint], {
      folder: project.folder,
      env,
    });
    expect(before).toMatchObject({ code: 2, stderr: expect.stringContaining("is known only after deployment") });
  });
});
