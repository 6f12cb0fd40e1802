import {
  DeleteBucketEncryptionCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { providerMirror } from "./prerequisites.js";
import { type Finished, type S3Server, TerraformProject } from "./terraform-project.js";

export interface DeployServer extends S3Server {
  close(): Promise<void>;
}

export interface DeploySuite {
  readonly title: string;
  /** Why it cannot run here; shown in the title. */
  readonly skipped: string | undefined;
  start(): Promise<DeployServer>;
}

const BUCKET = "acme-deployed";
const BUCKETS = [BUCKET, `${BUCKET}-exports`, `${BUCKET}-logs`];
/** The one that the example is for. */
export const REGION = "eu-west-par";
const DEPLOY_TIMEOUT_MS = 600_000;

/** The life of the OVHcloud example on a live endpoint, through real Terraform: each test goes on from the one before. */
export function describeDeploy({ title, skipped, start }: DeploySuite): void {
  describe.skipIf(skipped !== undefined)(skipped === undefined ? title : `${title} (skipped: ${skipped})`, () => {
    let server: DeployServer;
    let project: TerraformProject;
    let s3: S3Client;
    let deployed: Finished;

    beforeAll(async () => {
      server = await start();
      s3 = clientOf(server);
      const variables = { BUCKET_NAME: BUCKET };
      project = await TerraformProject.create({ mirror: providerMirror, server, stack: "ovhcloud", variables });
      deployed = await project.deploy();
    }, DEPLOY_TIMEOUT_MS);

    afterAll(async () => {
      s3?.destroy();
      await project?.remove();
      await server?.close();
    });

    const algorithm = async (Bucket: string) => {
      const { ServerSideEncryptionConfiguration: found } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
      return found?.Rules?.map((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm);
    };
    const plan = () => project.terraform("plan", "-detailed-exitcode", "-no-color", "-out=plan.tfplan");

    it("is deployed by cdktf", () => {
      expect(deployed).toMatchObject({ exitCode: 0, output: expect.stringContaining("9 added, 0 changed") });
    });

    it("creates its buckets with AES256 as their default", async () => {
      const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
      expect(Buckets.map(({ Name }) => Name).sort()).toEqual(BUCKETS);
      expect(await Promise.all(BUCKETS.map(algorithm))).toEqual([["AES256"], ["AES256"], ["AES256"]]);
    });

    it("outputs the location of its buckets for bucketseal", async () => {
      const { output } = await project.terraform("output", "-json");
      const targets = Object.values(JSON.parse(output) as Record<string, { value: unknown }>);
      const store = { bucketseal: 1, endpoint: server.endpoint, region: REGION, provider: "ovhcloud" };
      expect(targets.map(({ value }) => value)).toEqual([
        { ...store, bucket: `${BUCKET}-exports` },
        { ...store, bucket: BUCKET },
        { ...store, bucket: `${BUCKET}-logs` },
      ]);
    });

    it("encrypts an object that is put without encryption headers", async () => {
      const object = { Bucket: BUCKET, Key: "plain.txt" };
      await s3.send(new PutObjectCommand({ ...object, Body: "written without asking for encryption" }));
      expect(await s3.send(new HeadObjectCommand(object))).toMatchObject({ ServerSideEncryption: "AES256" });
      await s3.send(new DeleteObjectCommand(object));
    });

    it("has no changes in a second plan", { timeout: DEPLOY_TIMEOUT_MS }, async () => {
      expect(await plan()).toMatchObject({ exitCode: 0, output: expect.stringContaining("No changes.") });
    });

    it("detects a default that was removed by hand, and restores it", { timeout: DEPLOY_TIMEOUT_MS }, async () => {
      await s3.send(new DeleteBucketEncryptionCommand({ Bucket: BUCKET }));
      await expect(algorithm(BUCKET)).rejects.toMatchObject({ name: "ServerSideEncryptionConfigurationNotFoundError" });
      expect(await plan()).toMatchObject({ exitCode: 2, output: expect.stringContaining("1 to add, 0 to change") });
      expect(await project.terraform("apply", "-no-color", "plan.tfplan")).toMatchObject({ exitCode: 0 });
      expect(await algorithm(BUCKET)).toEqual(["AES256"]);
    });

    it("refuses to be destroyed, and keeps its buckets and defaults", { timeout: DEPLOY_TIMEOUT_MS }, async () => {
      const destroyed = await project.terraform("destroy", "-auto-approve", "-no-color");
      expect(destroyed).toMatchObject({ exitCode: 1, output: expect.stringContaining("Instance cannot be destroyed") });
      const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
      expect(Buckets.map(({ Name }) => Name).sort()).toEqual(BUCKETS);
      expect(await Promise.all(BUCKETS.map(algorithm))).toEqual([["AES256"], ["AES256"], ["AES256"]]);
    });
  });
}

function clientOf({ endpoint, credentials }: S3Server): S3Client {
  return new S3Client({ endpoint, credentials, region: REGION, forcePathStyle: true });
}
