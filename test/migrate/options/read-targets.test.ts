import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readTargets } from "../../../migrate/options/place.js";
import { bucketTargetPrefix } from "../../../providers/index.js";
import { newFolder } from "../../buckets/start-world.js";

const TARGET = {
  bucketseal: 1,
  bucket: "b",
  endpoint: "https://s3.gra.io.cloud.ovh.net",
  region: "gra",
  provider: "ovhcloud",
};
const output = (value: unknown, name = `${bucketTargetPrefix}b`) => ({ [name]: { sensitive: false, value } });

/** Files by their paths in a folder of their own. */
async function folderOf(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await newFolder();
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

const readFileOf = async (content: unknown) =>
  readTargets(join(await folderOf({ "targets.json": content }), "targets.json"));
const problemOf = async (content: unknown) => {
  const read = await readFileOf(content);
  return read.kind === "bad" ? read.problems.join("\n") : "none";
};

describe("readTargets", () => {
  test("reads targets from Terraform outputs, and ignores other outputs", async () => {
    const outputs = {
      ...output(TARGET),
      ...output({ ...TARGET, bucket: "c" }, `${bucketTargetPrefix}c`),
      other: { value: 1 },
    };
    expect(await readFileOf(outputs)).toEqual({ kind: "read", targets: [TARGET, { ...TARGET, bucket: "c" }] });
  });

  test("reads every stack of a cdktf.out folder", async () => {
    const stacks = {
      one: { synthesizedStackPath: "stacks/one/cdk.tf.json" },
      two: { synthesizedStackPath: "stacks/two/cdk.tf.json" },
    };
    const folder = await folderOf({
      "manifest.json": { stacks },
      "stacks/one/cdk.tf.json": { output: output(TARGET) },
      "stacks/two/cdk.tf.json": { resource: {} },
    });
    expect(await readTargets(folder)).toEqual({ kind: "read", targets: [TARGET] });
  });

  test("rejects targets that are known only after deploy", async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as Terraform writes a reference
    const reference = "${aws_s3_bucket.b.bucket}";
    expect(await problemOf(output({ ...TARGET, bucket: reference }))).toMatch(/known only once it is deployed/);
  });

  test.each([
    ["of a later version", { ...TARGET, bucketseal: 2 }],
    ["of a provider that nobody knows", { ...TARGET, provider: "ibm" }],
    ["without a region", { ...TARGET, region: undefined }],
    ["that are no object", "text"],
  ])("rejects targets %s", async (_, value) => {
    expect(await problemOf(output(value))).toMatch(/has a shape that this version does not know/);
  });

  test("rejects a file without targets, and files of another shape", async () => {
    expect(await problemOf({ other: { value: 1 } })).toMatch(/names no bucket/);
    expect(await problemOf("not json")).toMatch(/cannot be read/);
    expect(await problemOf([1, 2])).toMatch(/it has another shape/);
    expect(await problemOf({ a: 1 })).toMatch(/it has another shape/);
  });

  test("rejects a missing path and an empty folder", async () => {
    const empty = await newFolder();
    expect(await readTargets(join(empty, "none"))).toMatchObject({
      kind: "bad",
      problems: [expect.stringContaining("ENOENT")],
    });
    expect(await readTargets(empty)).toMatchObject({ kind: "bad" });
  });
});
