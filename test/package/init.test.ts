// @module-tag deploy
import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GetBucketEncryptionCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/index.js";
import { deployMissing, providerMirror } from "../deploy/prerequisites.js";
import { fencedBlocks } from "../guide/pages/fenced-blocks.js";
import { type Finished, fillTemplate, InstalledPackage, OFFLINE, runIn } from "./installed-package.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const missing = deployMissing();
const title = "the project of a command line's init, by docs/constructs.md";
const QUIETLY = ["--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=1", "--loglevel=error"];
const TIMEOUT_MS = 900_000;

interface Init {
  readonly name: "cdktf" | "cdktn";
  /** The command line, whose package has the template. */
  readonly cli: string;
  /** The packages that the template's hook installs, without jest. */
  readonly hook: readonly string[];
}

const INITS: readonly Init[] = [
  {
    name: "cdktf",
    cli: "cdktf-cli@0.21.0",
    hook: ["cdktf@0.21.0", "constructs@10", "@types/node", "typescript", "ts-node"],
  },
  {
    name: "cdktn",
    cli: "cdktn-cli@0.24.0",
    hook: ["cdktn@0.24.0", "constructs@>=10.6.0 <10.8.0", "@types/node", "typescript@5.x", "ts-node"],
  },
];

// CDK Terrain's command line asks for Node 22: what it would apply is applied by Terraform itself.
const DEPLOY_BY: Readonly<Record<Init["name"], string>> = {
  cdktf: `${join(root, "node_modules", ".bin", "cdktf")} deploy --skip-provider-lock --auto-approve`,
  cdktn:
    "npx --no-install ts-node main.ts && cd cdktf.out/stacks/storage && terraform init -no-color && terraform apply -auto-approve -no-color",
};

describe.skipIf(missing !== undefined)(missing === undefined ? title : `${title} (skipped: ${missing})`, () => {
  it.each(INITS)("deploys an encrypted bucket with $name", { timeout: TIMEOUT_MS }, async ({ name, cli, hook }) => {
    const folder = await mkdtemp(join(tmpdir(), "bucketseal-init-"));
    const project = join(folder, "storage");
    const sandbox = await startSandbox({ region: "gra" });
    const s3 = new S3Client({ ...sandbox, region: "gra", forcePathStyle: true });
    try {
      await mkdir(project);
      await done(runIn(folder, "npm", ["pack", cli, "--silent"]));
      await done(runIn(folder, "sh", ["-c", `tar xzf ${name}-cli-*.tgz && rm ${name}-cli-*.tgz`]));
      await fillTemplate(join(folder, "package", "bundle", "templates", "typescript"), project);
      await done(runIn(project, "npm", ["install", ...hook, ...QUIETLY]));
      const blocks = fencedBlocks(await readFile(join(root, "docs", "constructs.md"), "utf8"));
      const block = (words: string) => blocks.find(({ info }) => info.includes(words))?.text ?? "";
      const tarball = await InstalledPackage.pack(folder);
      const commands = block(`${name}-init`).replace("../bucketseal-0.1.0.tgz", tarball);
      expect(commands).toContain(tarball);
      await done(runIn(project, "sh", ["-ec", commands.replaceAll(/^npm install/gm, `$& ${QUIETLY.join(" ")}`)]));
      const main = withProviderAtHand(block("main.ts").replace('"cdktf"', `"${name}"`), name);
      expect(main).toContain(`from "${name}"`);
      await writeFile(join(project, "main.ts"), main);
      await done(runIn(project, "sh", ["-ec", DEPLOY_BY[name]], await environment(folder, sandbox)));
      const { ServerSideEncryptionConfiguration: found } = await s3.send(
        new GetBucketEncryptionCommand({ Bucket: "acme-invoices" }),
      );
      expect(found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe("AES256");
    } finally {
      s3.destroy();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    }
  });
});

/** CDK Terrain's bindings want line 6 of the AWS provider; if the mirror has none, the test uses line 5, by the property for that. */
function withProviderAtHand(main: string, name: Init["name"]): string {
  const versions = readdirSync(join(providerMirror, "registry.terraform.io", "hashicorp", "aws"));
  if (name === "cdktf" || versions.some((version) => /(^|_)6\./.test(version))) return main;
  return main.replace('region: "gra",', 'region: "gra", awsProviderVersion: "~> 5.100",');
}

/** Fails with what was printed; nothing of it can be tried without a registry. */
async function done(running: Promise<Finished>): Promise<void> {
  const { exitCode, stdout, stderr } = await running;
  const offline = exitCode === 0 ? undefined : OFFLINE.exec(stderr)?.[0];
  expect(exitCode, offline ?? `${stdout}${stderr}`).toBe(0);
}

async function environment(folder: string, { endpoint, credentials }: Sandbox): Promise<Record<string, string>> {
  const TF_CLI_CONFIG_FILE = join(folder, "terraform.rc");
  const mirror = `filesystem_mirror {\n    path = ${JSON.stringify(providerMirror)}\n  }`;
  await writeFile(TF_CLI_CONFIG_FILE, `provider_installation {\n  ${mirror}\n}\n`);
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = credentials;
  const quiet = { CI: "1", CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", AWS_EC2_METADATA_DISABLED: "true" };
  return { ...quiet, TF_CLI_CONFIG_FILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, BUCKETSEAL_ENDPOINT: endpoint };
}
