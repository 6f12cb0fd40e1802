import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "./run-cli.js";

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
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("lists the buckets of an app as a table, and explains names known only after deploy", async () => {
    expect(await runCli(["targets", "cdktf.out"], { folder })).toEqual({
      code: 0,
      stderr: "",
      stdout: [
        "bucket           store     region     endpoint                            output",
        "acme-invoices    ovhcloud  gra        https://s3.gra.io.cloud.ovh.net     bucketseal_invoices",
        "(once deployed)  aws       eu-west-3  https://s3.eu-west-3.amazonaws.com  bucketseal_lake",
        "",
        "Terraform knows 1 bucket only once deployed: deploy, and then give what `terraform output -json` or `cdktf output --outputs-file FILE` writes.",
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
      /^error: targets file "gone.json" [^\n]*\(ENOENT[^\n]*\nerror: targets file "torn.json" [^\n]*no JSON[^\n]*\n$/,
    );
    const nothing = await runCli(["targets", "-"], { folder });
    expect(nothing).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining('"stdin" cannot be read (it is empty)'),
    });
  });
});
