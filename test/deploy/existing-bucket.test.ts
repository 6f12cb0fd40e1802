import { join } from "node:path";
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BucketEncryption, ObjectStorageProvider } from "../../constructs/index.js";
import { findExecutable } from "../servers/find-executable.js";
import { MOTO_MISSING, type MotoServer, startMoto } from "../servers/moto.js";
import { deployMissing, providerMirror } from "./prerequisites.js";
import { TerraformProject } from "./terraform-project.js";

const skipped = deployMissing() ?? (findExecutable("moto_server") === undefined ? MOTO_MISSING : undefined);
const title = "BucketEncryption of a bucket that exists already, on moto_server";
const Bucket = "acme-legacy";

describe.skipIf(skipped !== undefined)(skipped === undefined ? title : `${title} (skipped: ${skipped})`, () => {
  let moto: MotoServer;
  let project: TerraformProject;
  let s3: S3Client;

  beforeAll(async () => {
    const started = await startMoto();
    if (started === undefined) throw new Error(MOTO_MISSING);
    moto = started;
    const { endpoint, credentials } = moto;
    s3 = new S3Client({ endpoint, credentials, region: "gra", forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "gra" as never } }),
    );
    await s3.send(new PutObjectCommand({ Bucket, Key: "old.txt", Body: "written before" }));
    project = await TerraformProject.create({ mirror: providerMirror, server: moto, stack: "legacy" });
    synthesise(project.outdir, endpoint);
  });

  afterAll(async () => {
    s3?.destroy();
    await project?.remove();
    await moto?.close();
  });

  const defaultAlgorithm = async () => {
    const { ServerSideEncryptionConfiguration: found } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    return found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm;
  };

  it("sets the default and touches nothing else", { timeout: 120_000 }, async () => {
    await expect(defaultAlgorithm()).rejects.toMatchObject({ name: "ServerSideEncryptionConfigurationNotFoundError" });
    expect(await project.terraform("init", "-no-color")).toMatchObject({ exitCode: 0 });
    const applied = await project.terraform("apply", "-auto-approve", "-no-color");
    expect(applied).toMatchObject({ exitCode: 0, output: expect.stringContaining("1 added, 0 changed, 0 destroyed") });
    expect(await defaultAlgorithm()).toBe("AES256");
  });

  it("takes the default away when destroyed, and leaves the bucket and its objects", { timeout: 120_000 }, async () => {
    expect(await project.terraform("destroy", "-auto-approve", "-no-color")).toMatchObject({ exitCode: 0 });
    await expect(defaultAlgorithm()).rejects.toMatchObject({ name: "ServerSideEncryptionConfigurationNotFoundError" });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "old.txt" }));
    expect(await Body?.transformToString()).toBe("written before");
  });
});

function synthesise(outdir: string, endpoint: string): void {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "legacy");
  new LocalBackend(stack, { path: join(outdir, "terraform.tfstate") });
  new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra", endpoint });
  new BucketEncryption(stack, "legacy", { bucketName: Bucket });
  app.synth();
}
