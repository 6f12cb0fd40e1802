import { PutBucketEncryptionCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Sandbox } from "../../sandbox/index.js";
import { applyStack } from "./apply-stack.js";
import { DEMO_BUCKET } from "./demo-bucket.js";
import { synthesise } from "./synthesise.js";

/** How the bucket's default came to be declared, in words. */
export type Declared = readonly string[];

/** Declares the default encryption of the demo's bucket: with CDKTF and Terraform, or else through the S3 API. */
export async function declareDefault(sandbox: Sandbox, client: S3Client, workDir: string): Promise<Declared> {
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.credentials.secretAccessKey,
    BUCKETSEAL_ENDPOINT: sandbox.endpoint,
    BUCKET_NAME: DEMO_BUCKET,
  };
  const stack = await synthesise(workDir, env);
  if (stack.kind === "impossible") {
    await putDefault(client);
    return [`set through the S3 API, since the stack could not be synthesised: ${stack.because}`];
  }
  const synthesised = "synthesised examples/adopt with CDKTF";
  const applied = await applyStack(stack.stackDir, workDir, env);
  if (applied.kind === "applied") return [synthesised, "applied it with Terraform"];
  await putDefault(client);
  return [synthesised, `set the same default through the S3 API, since Terraform could not: ${applied.because}`];
}

async function putDefault(client: S3Client): Promise<void> {
  const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const } };
  const configuration = { Rules: [rule] };
  await client.send(
    new PutBucketEncryptionCommand({ Bucket: DEMO_BUCKET, ServerSideEncryptionConfiguration: configuration }),
  );
}
