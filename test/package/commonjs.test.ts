import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEPLOY, DEPLOY_ONLY } from "../length.js";
import { type Finished, fillTemplate, InstalledPackage, OFFLINE, runIn } from "./installed-package.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const template = join(root, "node_modules", "cdktf-cli", "bundle", "templates", "typescript");
const TIMEOUT_MS = 600_000;
// The majors that such projects have: ts-node and ts-jest know no later TypeScript.
const TOOLS = ["typescript@5", "ts-node@10", "jest@29", "ts-jest@29", "@types/jest@29", "@types/node@20"];

const MAIN = `import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "bucketseal/constructs";
import { providers } from "bucketseal/providers";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";

export class MyStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new ObjectStorageProvider(this, "storage", { provider: providers.ovhcloud.id, region: "gra" });
    new EncryptedBucket(this, "invoices", { bucketName: "acme-invoices" });
  }
}

const app = new App();
new MyStack(app, "template");
RequireEncryption.everywhereIn(app);
app.synth();
`;

const UNIT = `import { EncryptedBucket, ObjectStorageProvider, RequireEncryption } from "bucketseal/constructs";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { App, TerraformStack, Testing } from "cdktf";

describe("the stack", () => {
  it("encrypts by default", () => {
    const stack = new TerraformStack(Testing.app(), "template");
    const storage = new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra" });
    new EncryptedBucket(stack, "invoices", { storage });
    expect(Testing.synth(stack, true)).toContain("AES256");
  });

  it("names the line that created a plaintext bucket", () => {
    const app: App = Testing.app();
    const stack = new TerraformStack(app, "template");
    new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra" });
    new S3Bucket(stack, "plain", {});
    RequireEncryption.everywhereIn(stack);
    expect(() => Testing.synth(stack, true)).toThrow(/"template\\/plain".*main-test\\.ts:\\d+/);
  });
});
`;

const title = "the project that cdktf init makes";
describe.skipIf(!DEPLOY)(DEPLOY ? title : `${title} (skipped: ${DEPLOY_ONLY})`, { tags: "deploy" }, () => {
  let folder: string;
  let installed: Finished;

  beforeAll(async () => {
    // The template's jest.config.js ignores each path that its pattern ".js" matches, "commonjs" among them.
    folder = await mkdtemp(join(tmpdir(), "bucketseal-template-"));
    await fillTemplate(template, folder);
    await writeFile(join(folder, "main.ts"), MAIN);
    await writeFile(join(folder, "__tests__", "main-test.ts"), UNIT);
    const tarball = await InstalledPackage.pack(folder);
    const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=1", "--legacy-peer-deps"];
    installed = await runIn(folder, "npm", ["install", tarball, ...TOOLS, ...quietly]);
    // 400 MB that the repository has already.
    for (const name of ["cdktf", "constructs", "@cdktf/provider-aws"]) {
      const link = join(folder, "node_modules", name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(join(root, "node_modules", name), link, "dir");
    }
  }, TIMEOUT_MS);
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

  const inProject = (name: string, run: () => Promise<void>) =>
    it(
      name,
      async ({ skip }) => {
        const offline = installed.exitCode === 0 ? undefined : OFFLINE.exec(installed.stderr)?.[0];
        skip(offline !== undefined, `the package registry is out of reach: ${offline}`);
        expect(installed.exitCode, installed.stderr).toBe(0);
        await run();
      },
      TIMEOUT_MS,
    );
  const npx = (...args: readonly string[]) => runIn(folder, "npx", ["--no-install", ...args]);

  inProject("is CommonJS, as the command line wrote it", async () => {
    expect(await readFile(join(folder, "tsconfig.json"), "utf8")).toContain('"module": "CommonJS"');
    expect(JSON.parse(await readFile(join(folder, "package.json"), "utf8"))).not.toHaveProperty("type");
  });

  inProject("compiles with each way to resolve modules", async () => {
    expect(await npx("tsc", "--noEmit")).toMatchObject({ exitCode: 0, stdout: "" });
    for (const module of ["node16", "nodenext"]) {
      expect(await npx("tsc", "--noEmit", "--module", module)).toMatchObject({ exitCode: 0, stdout: "" });
    }
    const bundler = ["--module", "esnext", "--moduleResolution", "bundler"];
    expect(await npx("tsc", "--noEmit", ...bundler)).toMatchObject({ exitCode: 0, stdout: "" });
  });

  inProject("synthesises with ts-node", async () => {
    expect(await npx("ts-node", "main.ts")).toMatchObject({ exitCode: 0 });
    const text = await readFile(join(folder, "cdktf.out", "stacks", "template", "cdk.tf.json"), "utf8");
    expect(text).toContain('"sse_algorithm": "AES256"');
  });

  inProject("runs its tests with ts-jest", async () => {
    const { exitCode, stdout, stderr } = await npx("jest");
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("2 passed") });
  });

  inProject("loads the constructs by require and import as the same classes", async () => {
    const script = `
      const required = { ...require("bucketseal/constructs"), ...require("bucketseal/providers") };
      Promise.all([import("bucketseal/constructs"), import("bucketseal/providers")]).then((modules) => {
        const imported = Object.assign({}, ...modules);
        const names = Object.keys(required).sort();
        console.log(JSON.stringify([names.join() === Object.keys(imported).sort().join(), names.every((name) => required[name] === imported[name])]));
      });`;
    const { stdout, stderr } = await runIn(folder, process.execPath, ["--eval", script]);
    expect({ stdout, stderr }).toEqual({ stdout: "[true,true]\n", stderr: "" });
  });
});
