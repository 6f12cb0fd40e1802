// @module-tag slow
import { execFile } from "node:child_process";
import { appendFile, chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS } from "../../../migrate/store/operations.js";
import { createBucket, environmentOf, openRehearsal, plain, type Rehearsal, sealed } from "../../cli/rehearsal.js";
import { summaryOf } from "../../cli/run-cli.js";
import { InstalledPackage, runIn } from "../../package/installed-package.js";
import { action, fileOfPage, gitlabJob, workflowOf } from "./ci-page.js";

const MAIN = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}
const { Statement } = JSON.parse(fileOfPage("iam-audit-policy.json")) as Policy;
const allowed = new Set(Statement.flatMap(({ Action }) => Action));
const everyAction = new Set(Object.values(OPERATIONS).flatMap(({ actions }) => actions));

/** May do what the policy of the page says, of all that bucketseal ever asks for. */
const AUDITOR = {
  accessKeyId: "AUDITOR",
  secretAccessKey: "auditor-secret-of-this-test",
  deny: [...everyAction].filter((action) => !allowed.has(action)),
};
const OWNER = { accessKeyId: "OWNER", secretAccessKey: "owner-secret-of-this-test" };

/** Each night follows the one before, in one checkout that nobody tidies up. */
describe.sequential("the script of docs/ci.md", () => {
  let rehearsal: Rehearsal;
  let checkout: string;
  let clock = () => new Date(Date.now() - 60_000);
  const workflow = workflowOf("ovhcloud").jobs.audit?.steps ?? [];
  const commandOf = (name: string) => workflow.find((step) => step.name === name)?.run ?? "exit 99";

  beforeAll(async () => {
    rehearsal = await openRehearsal({ users: [OWNER, AUDITOR], clock: () => clock() });
    checkout = rehearsal.folder;
    await mkdir(join(checkout, "ci"));
    await writeFile(join(checkout, "ci", "audit-encryption.sh"), `${fileOfPage("audit-encryption.sh")}\n`);
    await mkdir(join(checkout, "node_modules", ".bin"), { recursive: true });
    const bucketseal = join(checkout, "node_modules", ".bin", "bucketseal");
    await writeFile(bucketseal, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
    await chmod(bucketseal, 0o755);
    await createBucket(rehearsal.client, "acme-invoices", sealed(40));
  });
  afterAll(() => rehearsal.close());

  /** As a runner does: a shell that ends at the first failure, in the checkout. */
  function run(command: string, env: Readonly<Record<string, string>> = {}) {
    const { endpoint } = rehearsal.sandbox;
    const store = `--provider ovhcloud --region gra --endpoint ${endpoint}`;
    const ofJob = { BUCKET: "acme-invoices", STORE: store, ...environmentOf(AUDITOR), ...env };
    return new Promise<{ code: number; output: string }>((resolve) => {
      const child = execFile(
        "bash",
        ["-e", "-c", command],
        {
          cwd: checkout,
          env: {
            PATH: ["/usr/bin", "/bin"].join(delimiter),
            HOME: checkout,
            AWS_EC2_METADATA_DISABLED: "true",
            ...ofJob,
          },
        },
        (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }
  const night = () => run(commandOf("Audit"));
  const put = (Key: string, more = {}) =>
    rehearsal.client.send(new PutObjectCommand({ Bucket: "acme-invoices", Key, Body: Key, ...more }));

  test("audits everything in the first night, with read access only, and keeps its report", async () => {
    rehearsal.sandbox.resetCalls();
    expect(await night()).toMatchObject({
      code: 0,
      output: expect.stringContaining("0 of 40 objects are unencrypted"),
    });
    expect(rehearsal.sandbox.calls.HeadObject).toBe(40);
    expect((await summaryOf(join(checkout, "last"))).total.closes).toBe(true);
    const summary = join(checkout, "step-summary.md");
    expect(await run(commandOf("Show the summary"), { GITHUB_STEP_SUMMARY: summary })).toMatchObject({ code: 0 });
    expect(await readFile(summary, "utf8")).toContain("0 of 40 objects are unencrypted");
  });

  test("uses the baseline in the second night, fails on a regression, and still keeps its report", async () => {
    clock = () => new Date();
    await put("sealed/0003");
    rehearsal.sandbox.resetCalls();
    const second = await night();
    // The objects that were written since, and a sample of the others.
    const heads = rehearsal.sandbox.calls.HeadObject ?? 0;
    expect(heads).toBeGreaterThanOrEqual(29 + 1);
    expect(heads).toBeLessThan(40);
    expect(second.output).toMatch(/intact: last[\s\S]*in the same state +39/);
    expect(second).toMatchObject({
      code: 1,
      output: expect.stringContaining("regressed:\n  s3://acme-invoices/sealed/0003"),
    });
    expect((await summaryOf(join(checkout, "last"))).total.statesNow.none.objects).toBe(1);
  });

  test("leaves the last report in place in the third night, when the store rejects the credentials", async () => {
    const before = await readFile(join(checkout, "last", "manifest.json"), "utf8");
    const third = await run(commandOf("Audit"), { AWS_SECRET_ACCESS_KEY: "another-secret-than-that" });
    expect(third).toMatchObject({ code: 3, output: expect.stringContaining("does not accept the credentials") });
    expect(await readFile(join(checkout, "last", "manifest.json"), "utf8")).toBe(before);
  });

  test("reads everything in the fourth night as GitLab's job, since the last report was edited", async () => {
    await appendFile(join(checkout, "last", "run.json"), " ");
    rehearsal.sandbox.resetCalls();
    const { variables, script } = gitlabJob("gitlab-ovhcloud.yml");
    const { endpoint } = rehearsal.sandbox;
    const fourth = await run(script.join("\n"), { ...variables, STORE: `${variables.STORE} --endpoint ${endpoint}` });
    expect(fourth).toMatchObject({ code: 1, output: expect.stringContaining("not intact: last") });
    expect(rehearsal.sandbox.calls.HeadObject).toBe(40);
    expect(fourth.output).toContain("there are objects that are unencrypted");
  });
});

describe("the action", () => {
  const installed = InstalledPackage.create();
  afterAll(() => installed.then((one) => one.remove()));

  /** Runs a step as a runner does, in a folder of its own, and returns what it wrote for later steps too. */
  async function runStep(name: string, env: Readonly<Record<string, string>>) {
    const { folder } = await installed;
    const script = action.runs.steps.find((step) => step.name === name)?.run ?? "exit 99";
    const [outputs, summary] = [join(folder, "outputs"), join(folder, "step-summary.md")];
    await Promise.all([outputs, summary].map((file) => writeFile(file, "")));
    const files = { RUNNER_TEMP: folder, GITHUB_OUTPUT: outputs, GITHUB_STEP_SUMMARY: summary };
    const ran = await runIn(folder, "bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      ...env,
      ...files,
    });
    return { ...ran, outputs: await readFile(outputs, "utf8"), summary: await readFile(summary, "utf8") };
  }

  test("installs the packed package, fails by its gates, and names the report", async ({ skip }) => {
    const { folder, missing } = await installed;
    skip(missing !== undefined, missing);
    const [tarball = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    const env = { PACKAGE: join(folder, tarball), npm_config_prefer_offline: "true", npm_config_fetch_retries: "1" };
    expect(await runStep("Install", env)).toMatchObject({ exitCode: 0 });
    const rehearsal = await openRehearsal();
    try {
      await createBucket(rehearsal.client, "sealed", sealed(3));
      await createBucket(rehearsal.client, "plain", plain(2));
      const audit = (bucket: string, out: string) =>
        runStep("Audit", {
          ...environmentOf(rehearsal.sandbox.credentials),
          LOCATIONS: `s3://${bucket}`,
          STORE: rehearsal.place.join(" "),
          FAIL_ON: "unencrypted,noncurrent,unknown",
          OPTIONS: "--concurrency 4",
          OUT: out,
        });
      expect(await audit("sealed", "one")).toMatchObject({ exitCode: 0, outputs: "report=one\nexit-code=0\n" });
      const failed = await audit("plain", "two");
      expect(failed).toMatchObject({ exitCode: 1, outputs: "report=two\nexit-code=1\n" });
      expect(failed.summary).toContain("2 of 2 objects are unencrypted");
      expect(await summaryOf(join(folder, "two"))).toMatchObject({ total: { listed: 2, closes: true } });
    } finally {
      await rehearsal.close();
    }
  });
});
