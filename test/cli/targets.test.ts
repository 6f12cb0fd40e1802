import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBucket, openRehearsal, plain, plaintextOf, type Rehearsal } from "./rehearsal.js";
import { runCli } from "./run-cli.js";

const TSX = createRequire(import.meta.url).resolve("tsx/cli");
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("bucketseal migrate --targets", () => {
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal();
  });
  afterAll(() => rehearsal.close());

  /** As `terraform output -json` prints the outputs of our constructs, and one of somebody else. */
  async function outputs(name: string, buckets: readonly string[]): Promise<string> {
    const { endpoint, region } = rehearsal.sandbox;
    const ours = buckets.map((bucket) => [
      `bucketseal_${bucket}`,
      {
        sensitive: false,
        type: ["object", {}],
        value: { bucketseal: 1, bucket, endpoint, region, provider: "ovhcloud" },
      },
    ]);
    const path = join(rehearsal.folder, name);
    await writeFile(
      path,
      JSON.stringify({ ...Object.fromEntries(ours), vpc: { sensitive: false, type: "string", value: "vpc-1" } }),
    );
    return path;
  }

  const at = () => ["--endpoint", rehearsal.sandbox.endpoint];

  test("sends nothing to an endpoint that only the file names, and prints it", async () => {
    const { cli, sandbox } = rehearsal;
    const path = await outputs("named.json", ["declared-1"]);
    sandbox.resetCalls();
    const alone = await cli("audit", "--targets", path);
    expect(alone).toMatchObject({ code: 2, stdout: "" });
    expect(alone.stderr.replaceAll(/\s+/g, " ")).toContain(
      `--targets contains the endpoint ${sandbox.endpoint}, but credentials and keys are sent only to an endpoint that you give: add --endpoint URL or --provider NAME`,
    );
    const other = await cli("audit", "--targets", path, "--provider", "aws", "--region", "eu-west-1");
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("is declared at") });
    expect(sandbox.calls).toEqual({});
  });

  test("rejects an endpoint with a user name or a password, without repeating them", async () => {
    const { cli, sandbox, folder } = rehearsal;
    const path = join(folder, "secret.json");
    const endpoint = sandbox.endpoint.replace("http://", "http://keeper:hunter2-secret@");
    const value = { bucketseal: 1, bucket: "declared-1", endpoint, region: sandbox.region, provider: "ovhcloud" };
    await writeFile(path, JSON.stringify({ bucketseal_vault: { sensitive: false, type: ["object", {}], value } }));
    sandbox.resetCalls();
    for (const command of ["audit", "migrate"]) {
      const ran = await cli(command, "--targets", path, ...at());
      expect(ran).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr.replaceAll(/\s+/g, " ")).toContain(
        'secret.json" contains an endpoint with a user name or a password, which is not repeated here',
      );
      expect(ran.stderr).not.toMatch(/hunter2|keeper/);
    }
    const listed = await cli("targets", path);
    expect(listed.code).toBe(2);
    expect(`${listed.stdout}${listed.stderr}`).not.toMatch(/hunter2|keeper/);
    expect(sandbox.calls).toEqual({});
  });

  test("reads buckets, region and provider from `terraform output -json`, and touches no other bucket", {
    tags: ["slow"],
  }, async () => {
    const { client, cli } = rehearsal;
    for (const bucket of ["declared-1", "declared-2", "undeclared"]) await createBucket(client, bucket, plain(2));
    const ran = await cli("migrate", "--targets", await outputs("outputs.json", ["declared-1", "declared-2"]), ...at());
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("0 of 4 objects remain") });
    expect(await plaintextOf(client, "declared-1")).toEqual([]);
    expect(await plaintextOf(client, "declared-2")).toEqual([]);
    expect(await plaintextOf(client, "undeclared")).toHaveLength(2);
  });

  test("continues without a denied bucket, reports it, and does not seal the run", { tags: ["slow"] }, async () => {
    const { client, cli, sandbox } = rehearsal;
    for (const bucket of ["open-1", "denied-1"]) await createBucket(client, bucket, plain(2));
    sandbox.changeBehaviour({ deniedBuckets: ["denied-1"] });
    const path = await outputs("denied.json", ["denied-1", "open-1"]);
    const ran = await cli("migrate", "--targets", path, ...at(), "--set-default");
    sandbox.changeBehaviour({ deniedBuckets: [] });
    expect(ran).toMatchObject({ code: 1, stdout: expect.stringContaining("Not proven: 0 of 2 objects remain") });
    expect(ran.stdout).toContain("1 of 2 locations was not seen");
    expect(await plaintextOf(client, "open-1")).toEqual([]);
    expect(await plaintextOf(client, "denied-1")).toHaveLength(2);
  });

  test("migrates the bucket of a synthesised cdktf.out folder", { tags: "slow" }, async () => {
    const { client, cli, folder, sandbox } = rehearsal;
    await createBucket(client, "adopted", plain(2));
    const out = join(folder, "cdktf.out");
    const example = [TSX, "--tsconfig", join(ROOT, "tsconfig.json"), join(ROOT, "examples/adopt/main.ts")];
    const env = {
      PATH: process.env.PATH,
      CHECKPOINT_DISABLE: "1",
      CDKTF_OUTDIR: out,
      BUCKET_NAME: "adopted",
      BUCKETSEAL_ENDPOINT: sandbox.endpoint,
    };
    await promisify(execFile)(process.execPath, example, { cwd: folder, env });
    expect(await cli("migrate", "--targets", out, ...at())).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("warning: adopted"),
    });
    expect(await plaintextOf(client, "adopted")).toEqual([]);
  });

  test("rejects outputs without a bucketseal bucket, and a name known only after deploy", async () => {
    const { cli, folder } = rehearsal;
    const none = await cli("audit", "--targets", await outputs("none.json", []));
    expect(none).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^error: "[^\n]*none.json" contains no bucket[^\n]*\n$/),
    });
    const reference = join(folder, "reference.json");
    const value = {
      bucketseal: 1,
      bucket: ["$", "{aws_s3_bucket.x.bucket}"].join(""),
      endpoint: "https://s3.gra.io.cloud.ovh.net",
      region: "gra",
      provider: "ovhcloud",
    };
    await writeFile(reference, JSON.stringify({ bucketseal_x: { value } }));
    const unknown = await cli("audit", "--targets", reference);
    expect(unknown).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("known only after deployment"),
    });
  });
});

const OVH = { endpoint: "https://s3.gra.io.cloud.ovh.net", region: "gra", provider: "ovhcloud" };
const AWS = { endpoint: "https://s3.eu-west-3.amazonaws.com", region: "eu-west-3", provider: "aws" };
const LATER = ["$", "{aws_s3_bucket.lake.bucket}"].join("");
const output = (bucket: string, where: object) => ({ value: { bucketseal: 1, bucket, ...where } });

describe("bucketseal targets", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bucketseal-targets-"));
    await mkdir(join(folder, "cdktf.out"));
    const stacks = { web: { synthesizedStackPath: "web.json" }, data: { synthesizedStackPath: "data.json" } };
    await writeFile(join(folder, "cdktf.out", "manifest.json"), JSON.stringify({ stacks }));
    const web = { bucketseal_invoices: output("acme-invoices", OVH) };
    await writeFile(join(folder, "cdktf.out", "web.json"), JSON.stringify({ output: web }));
    const data = { bucketseal_lake: output(LATER, AWS) };
    await writeFile(join(folder, "cdktf.out", "data.json"), JSON.stringify({ output: data }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

  test("lists the buckets of an app as a table, and explains names known only after deploy", async () => {
    expect(await runCli(["targets", "cdktf.out"], { folder })).toEqual({
      code: 0,
      stderr: "",
      stdout: [
        "bucket                store     region     endpoint                            output",
        "acme-invoices         ovhcloud  gra        https://s3.gra.io.cloud.ovh.net     bucketseal_invoices",
        "(known after deploy)  aws       eu-west-3  https://s3.eu-west-3.amazonaws.com  bucketseal_lake",
        "",
        "Terraform knows 1 bucket only after deployment: deploy, then use the output of `terraform output -json` or `cdktf output --outputs-file FILE`.",
        "",
      ].join("\n"),
    });
  });

  test("prints one JSON object per line with --json", async () => {
    const { stdout } = await runCli(["targets", "cdktf.out", "--json"], { folder });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { kind: "target", known: true, bucket: "acme-invoices", ...OVH, stack: "web", output: "bucketseal_invoices" },
      { kind: "target", known: false, bucket: LATER, ...AWS, stack: "data", output: "bucketseal_lake" },
    ]);
  });

  test("reads the output of `terraform output -json` from stdin", async () => {
    const stdin = JSON.stringify({ bucketseal_invoices: { sensitive: false, ...output("acme-invoices", OVH) } });
    const ran = await runCli(["targets", "-", "--json"], { folder, stdin });
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\{[^\n]*"acme-invoices"[^\n]*\}\n$/) });
  });

  test("reports all unreadable files at once, with exit code 2 and nothing on stdout", async () => {
    const stacks = { gone: { synthesizedStackPath: "gone.json" }, torn: { synthesizedStackPath: "torn.json" } };
    await writeFile(join(folder, "manifest.json"), JSON.stringify({ stacks }));
    await writeFile(join(folder, "torn.json"), '{"output": {');
    const ran = await runCli(["targets", "."], { folder });
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(
      /^error: targets file "gone.json" [^\n]*\(ENOENT[^\n]*\nerror: targets file "torn.json" [^\n]*not JSON[^\n]*\n$/,
    );
    const nothing = await runCli(["targets", "-"], { folder });
    expect(nothing).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining('"stdin" cannot be read (it is empty)'),
    });
  });
});
