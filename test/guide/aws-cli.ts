import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { findExecutable } from "../servers/programs.js";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Guide {
  readonly sandbox: Sandbox;
  /** A folder of this test file's own. */
  readonly folder: string;
  /** Runs `aws` with these words, as a person would who has an account on the sandbox and no configuration. */
  aws(...words: readonly string[]): Promise<Ran>;
  /** Runs a line of bash, and answers what it prints. */
  bash(line: string): Promise<string>;
}

/** Tests of the guide's commands, in a sandbox that behaves like OVHcloud; left out if there is no `aws`. */
export function describeGuide(part: string, tests: (guide: () => Guide) => void): void {
  describe(part, () => {
    const program = findExecutable("aws");
    if (program === undefined) {
      test.skip("every command (skipped: the aws command line is not on the PATH)", () => undefined);
      return;
    }
    let guide: Guide;
    beforeAll(async () => {
      guide = await openGuide(program);
    });
    afterAll(async () => {
      await guide.sandbox.close();
      await rm(guide.folder, { recursive: true, force: true, maxRetries: 10 });
    });
    tests(() => guide);
  });
}

async function openGuide(program: string): Promise<Guide> {
  const sandbox = await startSandbox({ profile: "ovh" });
  const folder = await mkdtemp(join(tmpdir(), "bucketseal-guide-"));
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    LC_ALL: "C",
    AWS_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: sandbox.region,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: join(folder, "no-config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "no-credentials"),
  };
  const run = (file: string, words: readonly string[]) =>
    new Promise<Ran>((resolve) => {
      execFile(file, words, { env, cwd: folder }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
    });
  return {
    sandbox,
    folder,
    aws: (...words) => run(program, words),
    bash: async (line) => (await run("bash", ["-c", line])).stdout,
  };
}
