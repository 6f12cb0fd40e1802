import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";
import { type Sandbox, type SandboxOptions, type SandboxUser, startSandbox } from "../../sandbox/index.js";

export function clientOf({ endpoint, region }: Sandbox, { accessKeyId, secretAccessKey }: SandboxUser): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

export interface Started {
  readonly sandbox: Sandbox;
  readonly s3: S3Client;
  readonly Bucket: string;
}

/** A sandbox with one bucket, both gone when the test ends. */
export async function start(options: SandboxOptions = {}): Promise<Started> {
  const sandbox = await startSandbox({ profile: "reference", ...options });
  const s3 = clientOf(sandbox, sandbox.credentials);
  onTestFinished(async () => {
    s3.destroy();
    await sandbox.close();
  });
  await s3.send(new CreateBucketCommand({ Bucket: "bucket" }));
  return { sandbox, s3, Bucket: "bucket" };
}

export async function put(s3: S3Client, Key: string, Body = "x"): Promise<string | undefined> {
  return (await s3.send(new PutObjectCommand({ Bucket: "bucket", Key, Body }))).ETag;
}

export async function stateOf(s3: S3Client, Key: string): Promise<string | undefined> {
  return (await s3.send(new HeadObjectCommand({ Bucket: "bucket", Key }))).ServerSideEncryption;
}
