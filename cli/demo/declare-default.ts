import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PutBucketEncryptionCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Sandbox } from "../../sandbox/index.js";
import { DEMO_BUCKET } from "./demo-bucket.js";

/** Says how the bucket's default was declared. */
type Declared = readonly string[];

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

type Synthesised =
  | { readonly kind: "synthesised"; readonly stackDir: string; readonly outDir: string }
  | { readonly kind: "impossible"; readonly because: string };

const TIME_LIMIT_MS = 30_000;

/** Synthesises examples/adopt for the demo's bucket, as `cdktf synth` does. */
async function synthesise(workDir: string, env: NodeJS.ProcessEnv): Promise<Synthesised> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const app = join(root, "examples", "adopt", "main.ts");
  if (!existsSync(app)) return { kind: "impossible", because: "the examples are not part of the installed package" };
  const tsx = tsxPath();
  if (tsx === null) return { kind: "impossible", because: "cdktf and tsx are not installed" };
  const outDir = join(workDir, "cdktf.out");
  const { code, output } = await runProgram(process.execPath, [tsx, ...tsconfigFlags(root), app], {
    cwd: workDir,
    env: { ...env, CDKTF_OUTDIR: outDir },
    timeout: TIME_LIMIT_MS,
  });
  if (code !== 0) return { kind: "impossible", because: `synth failed: ${lastLine(output)}` };
  return { kind: "synthesised", stackDir: join(outDir, "stacks", "adopt"), outDir };
}

/** In the repository bucketseal/constructs resolves to the sources; an installed package is found by its name. */
function tsconfigFlags(root: string): string[] {
  const tsconfig = join(root, "tsconfig.json");
  return existsSync(tsconfig) ? ["--tsconfig", tsconfig] : [];
}

function tsxPath(): string | null {
  try {
    return fileURLToPath(import.meta.resolve("tsx/cli"));
  } catch {
    return null;
  }
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) ?? "it printed nothing";
}

type Applied = { readonly kind: "applied" } | { readonly kind: "impossible"; readonly because: string };

const TERRAFORM_TIME_LIMIT_MS = 60_000;

/**
 * Applies the stack with the machine's Terraform, if its AWS provider is installed too: the demo downloads nothing.
 * BUCKETSEAL_TF_MIRROR names a filesystem mirror, made by `terraform providers mirror`.
 */
async function applyStack(stackDir: string, workDir: string, env: NodeJS.ProcessEnv): Promise<Applied> {
  const mirror = env.BUCKETSEAL_TF_MIRROR;
  const found = await runProgram("terraform", ["version"], { cwd: workDir, env, timeout: TERRAFORM_TIME_LIMIT_MS });
  if (found.code !== 0) return { kind: "impossible", because: "Terraform is not installed" };
  if (!mirror) {
    return { kind: "impossible", because: "BUCKETSEAL_TF_MIRROR is not set to a mirror of Terraform's AWS provider" };
  }
  const config = join(workDir, "terraform.rc");
  await writeFile(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  const terraformEnv = { ...env, TF_CLI_CONFIG_FILE: config, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
  for (const args of [
    ["init", "-input=false"],
    ["apply", "-auto-approve", "-input=false"],
  ]) {
    const options = { cwd: stackDir, env: terraformEnv, timeout: TERRAFORM_TIME_LIMIT_MS };
    const { code, output } = await runProgram("terraform", [...args, "-no-color"], options);
    if (code !== 0) return { kind: "impossible", because: `terraform ${args[0]} failed: ${lastLine(output)}` };
  }
  return { kind: "applied" };
}

interface ProgramEnd {
  /** `null` if it was stopped or could not be started. */
  readonly code: number | null;
  readonly output: string;
}

/** Runs another program to its end and keeps its output. Never rejects. */
function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly timeout: number },
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ code: null, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}
