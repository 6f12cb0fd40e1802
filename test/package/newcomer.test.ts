// @module-tag deploy
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployMissing, providerMirror } from "../deploy/prerequisites.js";
import { InstalledPackage, OFFLINE, outsideOfNpm, pageSteps, type Step } from "./installed-package.js";

const missing = deployMissing();
const title = "docs/declare.md, from an empty folder to a deployed bucket";
const TIMEOUT_MS = 1_200_000;
const FILE_END = "END OF THE FILE";

describe.skipIf(missing !== undefined)(missing === undefined ? title : `${title} (skipped: ${missing})`, () => {
  let folder: string;
  let steps: Step[];
  let walked: { readonly exitCode: number; readonly output: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bucketseal-newcomer-"));
    await InstalledPackage.pack(folder);
    const cliConfig = join(folder, "terraform.rc");
    const mirror = `filesystem_mirror {\n    path = ${JSON.stringify(providerMirror)}\n  }`;
    await writeFile(cliConfig, `provider_installation {\n  ${mirror}\n}\n`);
    const page = await readFile(new URL("../../docs/declare.md", import.meta.url), "utf8");
    steps = pageSteps(page, "From an empty folder to a deployed bucket");
    const script = scriptOf(steps, await freePort());
    walked = await runShell(["mkdir storage", "cd storage", script].join("\n"), folder, cliConfig);
  }, TIMEOUT_MS);
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

  it("consists of a file and the commands around it", () => {
    expect(steps.map((step) => (step.kind === "file" ? step.name : step.text.split(" ", 2).join(" ")))).toEqual([
      "npm init",
      "main.ts",
      "bucketseal sandbox",
      "npx cdktf",
      "bucketseal targets",
    ]);
  });

  it("works without changes", ({ skip }) => {
    const offline = OFFLINE.exec(walked.output)?.[0];
    skip(walked.exitCode !== 0 && offline !== undefined, `the package registry is out of reach: ${offline}`);
    expect(walked.exitCode, walked.output).toBe(0);
    expect(walked.output).toMatch(/2 added, 0 changed, 0 destroyed/);
    expect(walked.output).toMatch(/^acme-invoices +ovhcloud +gra +http:\/\/127\.0\.0\.1:\d+ +bucketseal_invoices$/m);
    expect(walked.output).toMatch(/^the synth of a bucket without a default failed$/m);
    expect(walked.output).toMatch(/bucket "storage\/plain" /);
  });
});

/** The steps in one shell, with the actions of a person: another terminal, a confirmation, the command on the PATH. */
function scriptOf(steps: readonly Step[], port: number): string {
  const parts = steps.map((step) =>
    step.kind === "file"
      ? `cat > ${step.name} <<'${FILE_END}'\n${step.text}${FILE_END}`
      : step.text
          .replaceAll("9000", String(port))
          .replaceAll(
            /^bucketseal sandbox.*$/gm,
            (line) => `${line} > ../sandbox.log 2>&1 &\ntrap "cat ../sandbox.log; kill -- -$!" EXIT`,
          )
          .replaceAll("npx cdktf deploy", "npx cdktf deploy --auto-approve --skip-provider-lock"),
  );
  const plain = `new S3Bucket(stack, "plain", {});`;
  const unsealed = [
    `sed -e '/^RequireEncryption/i ${plain}' -e '1i import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";' -i main.ts`,
    "if npx cdktf synth; then exit 1; else echo the synth of a bucket without a default failed; fi",
  ];
  // Each job is a group of processes: npx does not pass a signal on to what it runs.
  const installed = 'export PATH="$PWD/node_modules/.bin:$PATH"';
  return ["set -emo pipefail", installed, ...parts, ...unsealed].join("\n");
}

function runShell(script: string, cwd: string, cliConfig: string): Promise<{ exitCode: number; output: string }> {
  const env = {
    ...outsideOfNpm(),
    TF_CLI_CONFIG_FILE: cliConfig,
    CI: "1",
    CHECKPOINT_DISABLE: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
    npm_config_fetch_retries: "1",
  };
  return new Promise((resolve) => {
    const options = { cwd, env, maxBuffer: 64 * 1024 ** 2 };
    const child = execFile("bash", ["-c", `exec 2>&1\n${script}`], options, (_, output) =>
      resolve({ exitCode: child.exitCode ?? -1, output }),
    );
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
