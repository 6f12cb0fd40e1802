import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { audit } from "../../../migrate/index.js";
import { readDeclaredBuckets } from "../../../migrate/options/declared-buckets.js";
import { createBucket } from "../../buckets/raw-s3.js";
import { newFolder, startWorld } from "../../buckets/start-world.js";

const REFERENCE = ["$", "{aws_s3_bucket.b.bucket}"].join("");
const target = (bucket: string) => ({
  bucketseal: 1,
  bucket,
  endpoint: "https://s3.gra.io.cloud.ovh.net",
  region: "gra",
  provider: "ovhcloud",
});
const known = (bucket: string, output: string, stack: string | null) => ({
  kind: "known",
  output,
  stack,
  target: target(bucket),
});
const stackOf = (stackName: string, output: object) => ({
  "//": { metadata: { stackName }, outputs: {} },
  terraform: { backend: {} },
  output,
});

/** Files by their paths in a folder of their own. */
async function folderOf(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await newFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

async function app(): Promise<string> {
  const stack = (name: string) => ({ synthesizedStackPath: `stacks/${name}/cdk.tf.json` });
  return folderOf({
    "manifest.json": {
      version: "0.21.0",
      stacks: { web: stack("web"), data: stack("data"), network: stack("network") },
    },
    "stacks/web/cdk.tf.json": stackOf("web", { bucketseal_site: { value: target("site") } }),
    "stacks/data/cdk.tf.json": stackOf("data", {
      bucketseal_lake: { value: target(REFERENCE), depends_on: ["aws_s3_bucket.b"] },
      other: { value: "x" },
    }),
    "stacks/network/cdk.tf.json": stackOf("network", {}),
  });
}

const fileOf = async (content: unknown) => join(await folderOf({ "outputs.json": content }), "outputs.json");

async function problemsOf(path: string): Promise<readonly string[]> {
  const read = await readDeclaredBuckets(path);
  return read.kind === "bad" ? read.problems : [];
}

describe("readDeclaredBuckets", () => {
  test("reads an app from its folder or manifest, and marks buckets known only after deploy", async () => {
    const folder = await app();
    const later = { kind: "after-deploy", output: "bucketseal_lake", stack: "data", target: target(REFERENCE) };
    const buckets = [known("site", "bucketseal_site", "web"), later];
    expect(await readDeclaredBuckets(folder)).toEqual({ kind: "read", buckets });
    expect(await readDeclaredBuckets(join(folder, "manifest.json"))).toEqual({ kind: "read", buckets });
  });

  test("reads one stack from its folder or file", async () => {
    const stack = join(await app(), "stacks", "web");
    const buckets = [known("site", "bucketseal_site", "web")];
    expect(await readDeclaredBuckets(stack)).toEqual({ kind: "read", buckets });
    expect(await readDeclaredBuckets(join(stack, "cdk.tf.json"))).toEqual({ kind: "read", buckets });
  });

  test("reads the output of terraform output -json", async () => {
    const folder = await folderOf({
      "outputs.json": {
        bucketseal_site: { sensitive: false, type: ["object", {}], value: target("site") },
        vpc: { sensitive: false, type: "string", value: "vpc-1" },
      },
    });
    const buckets = [known("site", "bucketseal_site", null)];
    expect(await readDeclaredBuckets(join(folder, "outputs.json"))).toEqual({ kind: "read", buckets });
  });

  test("reads the output of cdktf output --outputs-file, by stack and construct path", async () => {
    const folder = await folderOf({
      "outputs.json": {
        web: {
          team: { site: { target: target("site") }, ids: ["a", null] },
          port: 80,
          value: "of an output called so",
        },
        network: {},
      },
    });
    const buckets = [known("site", "team/site/target", "web")];
    expect(await readDeclaredBuckets(join(folder, "outputs.json"))).toEqual({ kind: "read", buckets });
  });
});

describe("readDeclaredBuckets of a construct with forEach", () => {
  const { bucket: _, ...place } = target("");

  test("reads every bucket by its key after deploy", async () => {
    const value = { ...place, buckets: { a: "site-a", "b/2": "site-b" } };
    for (const [content, output, stack] of [
      [{ bucketseal_sites: { value } }, "bucketseal_sites", null],
      [{ web: { sites: { target: value } } }, "sites/target", "web"],
    ] as const) {
      const buckets = [known("site-a", `${output}["a"]`, stack), known("site-b", `${output}["b/2"]`, stack)];
      expect(await readDeclaredBuckets(await fileOf(content))).toEqual({ kind: "read", buckets });
    }
  });

  test("marks a reference as known after deploy, and rejects any other shape", async () => {
    const value = (buckets: unknown) => ({ bucketseal_sites: { value: { ...place, buckets } } });
    const later = { kind: "after-deploy", output: "bucketseal_sites", stack: null, target: target(REFERENCE) };
    expect(await readDeclaredBuckets(await fileOf(value(REFERENCE)))).toEqual({ kind: "read", buckets: [later] });
    for (const shape of ["site-a", ["site-a"], { a: 1 }]) {
      expect(await problemsOf(await fileOf(value(shape)))).toEqual([expect.stringContaining("has a structure that")]);
    }
  });
});

describe("readDeclaredBuckets, if something cannot be read,", () => {
  test("reports missing, broken and unsupported stacks of an app together", async () => {
    const stack = (name: string) => ({ synthesizedStackPath: `${name}.json` });
    const folder = await folderOf({
      "manifest.json": { stacks: { a: stack("a"), b: stack("b"), c: stack("c"), d: stack("d") } },
      "b.json": '{"password": hunter2}',
      "c.json": { output: { bucketseal_c: { value: { ...target("c"), bucketseal: 2 } } } },
      "d.json": { output: "d" },
    });
    const problems = await problemsOf(folder);
    expect(problems).toEqual([
      expect.stringMatching(/a\.json" cannot be read \(ENOENT/),
      expect.stringMatching(/b\.json" cannot be read \(it is not JSON\)/),
      expect.stringMatching(/d\.json" cannot be read \(it has an unexpected structure\)/),
      expect.stringMatching(
        /^output "bucketseal_c" of stack "c" in ".*" has a structure that this version does not support/,
      ),
    ]);
    // Other people wrote the content of a file.
    expect(problems.join("\n")).not.toContain("hunter2");
  });

  test.each([
    ["text for people", 'bucketseal_site = {\n  "bucket" = "site"\n}', "it is not JSON"],
    ["nothing", "\n", "it is empty"],
    ["a list", [target("site")], "it has an unexpected structure"],
    ["a state of Terraform", { version: 4, outputs: {} }, "it has an unexpected structure"],
  ])("rejects a file that holds %s", async (_, content, because) => {
    const path = join(await folderOf({ "outputs.json": content }), "outputs.json");
    expect(await problemsOf(path)).toEqual([
      `targets file "${path}" cannot be read (${because}): give a cdktf.out folder, one of its stacks, or a file made by \`terraform output -json\` or \`cdktf output --outputs-file\``,
    ]);
  });

  test("rejects a folder without an app", async () => {
    const folder = await folderOf({ "main.tf.json": {} });
    expect(await problemsOf(folder)).toEqual([expect.stringContaining("neither manifest.json nor cdk.tf.json")]);
  });

  test.each([
    ["nothing was deployed", {}],
    ["the outputs are of others", { vpc: { value: "vpc-1" } }],
    ["the stacks are of others", { network: { vpc: "vpc-1" } }],
  ])("reports that no bucket is named if %s", async (_, content) => {
    const path = join(await folderOf({ "outputs.json": content }), "outputs.json");
    expect(await problemsOf(path)).toEqual([expect.stringMatching(/contains no bucket: .*deploy first$/)]);
  });
});

test("a run reads its buckets from a targets text, and writes down only the name of its source", async () => {
  const { sandbox, raw, optionsFor } = await startWorld();
  for (const bucket of ["declared", "undeclared"]) await createBucket(raw, bucket);
  const { endpoint, region } = sandbox;
  const value = { bucketseal: 1, bucket: "declared", endpoint, region, provider: "ovhcloud" };
  const outputs = { bucketseal_declared: { value }, password: { sensitive: true, value: "hunter2" } };
  const targets = { name: "stdin", text: JSON.stringify(outputs) };
  const { locations: _none, ...options } = await optionsFor("declared");
  const { run, runDir } = await audit({ ...options, targets });
  expect(run).toMatchObject({ scopes: [{ bucket: "declared", prefix: "" }], options: { targets: "stdin" } });
  const files = (await readdir(runDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8")));
  expect(texts.join("")).toContain("declared");
  expect(texts.join("")).not.toContain("hunter2");
});
