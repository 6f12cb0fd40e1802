import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { fields } from "../../../migrate/options/option-table.js";
import { overlapProblems, parseLocation, readTargets, targetsInPlace } from "../../../migrate/options/place.js";
import { type BucketTarget, bucketTargetPrefix } from "../../../providers/index.js";
import { newFolder } from "../../buckets/start-world.js";

describe("parseLocation", () => {
  test.each([
    ["s3://bucket", "bucket", ""],
    ["s3://bucket/", "bucket", ""],
    ["s3://bucket/a/b", "bucket", "a/b"],
    ["s3://bucket//", "bucket", "/"],
    ["s3://bucket/../a/./b", "bucket", "../a/./b"],
    ["s3://bucket/a%20b+c?d#e", "bucket", "a%20b+c?d#e"],
    ["s3://bucket/line\nbreak", "bucket", "line\nbreak"],
    ["s3://my.bucket/🦊", "my.bucket", "🦊"],
  ])("parses %j as bucket %s and prefix %j, unchanged", (text, bucket, prefix) => {
    expect(parseLocation(text)).toEqual({ kind: "scope", scope: { bucket, prefix } });
  });

  test.each(["", "bucket", "s3:/bucket", "s3://", "s3:///key", "https://bucket/key", "S3://bucket"])(
    "rejects %j, and shows the expected form",
    (text) => {
      const parsed = parseLocation(text);
      expect(parsed).toMatchObject({ kind: "bad", problem: expect.stringContaining(`"${text}"`) });
      expect(parsed).toMatchObject({ problem: expect.stringContaining("s3://BUCKET/PREFIX") });
    },
  );
});

describe("overlapProblems", () => {
  const scope = (prefix: string, bucket = "b") => ({ bucket, prefix });

  test.each([
    [[scope(""), scope("a")], 1],
    [[scope("a"), scope("")], 1],
    [[scope("a"), scope("ab")], 1],
    [[scope("a"), scope("a")], 1],
    [[scope("a/"), scope("a")], 1],
    [[scope("a/"), scope("b/")], 0],
    [[scope(""), scope("", "c")], 0],
    [[scope(""), scope("a"), scope("ab")], 3],
  ])("finds in %j this number of overlaps: %d", (scopes, problems) => {
    expect(overlapProblems(scopes)).toHaveLength(problems);
  });
});

describe("parseLocation with credentials in the location", () => {
  test.each([
    "s3://KEY:hunter2@bucket/prefix",
    "s3://hunter2@bucket",
    "s3://AKIAIOSFODNN7EXAMPLE:hun/ter2@bucket/",
    "https://key:hun/ter2@store.test/bucket",
    "key:hunter2@bucket",
  ])("rejects %s without repeating the credentials", (text) => {
    const parsed = parseLocation(text);
    expect(parsed).toMatchObject({ kind: "bad", problem: expect.stringContaining("user:password@") });
    expect(JSON.stringify(parsed)).not.toMatch(/hun|ter2|KEY|AKIA/);
  });

  test.each(["s3://bucket/a:b@c", "s3://tenant:bucket/a@b"])("sees none in %s", (text) => {
    expect(parseLocation(text).kind).toBe("scope");
  });
});

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
    expect(await problemOf(output({ ...TARGET, bucket: reference }))).toMatch(/known only after deployment/);
  });

  test.each([
    ["of a later version", { ...TARGET, bucketseal: 2 }],
    ["of a provider that nobody knows", { ...TARGET, provider: "ibm" }],
    ["without a region", { ...TARGET, region: undefined }],
    ["that are no object", "text"],
  ])("rejects targets %s", async (_, value) => {
    expect(await problemOf(output(value))).toMatch(/has a structure that this version does not support/);
  });

  test("rejects a file without targets, and files of another shape", async () => {
    expect(await problemOf({ other: { value: 1 } })).toMatch(/contains no bucket/);
    expect(await problemOf("not json")).toMatch(/cannot be read/);
    expect(await problemOf([1, 2])).toMatch(/it has an unexpected structure/);
    expect(await problemOf({ a: 1 })).toMatch(/it has an unexpected structure/);
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

const at = (bucket: string, region: string, endpoint = `https://s3.${region}.io.cloud.ovh.net`): BucketTarget => ({
  bucketseal: 1,
  bucket,
  endpoint,
  region,
  provider: "ovhcloud",
});
const TARGETS = [at("a", "gra"), at("b", "sbg"), at("c", "gra", "http://127.0.0.1:9000")];

function pick(given: object, targets: readonly BucketTarget[] = TARGETS) {
  const problems: string[] = [];
  const picked = targetsInPlace(targets, fields.parse(given), problems).map(({ bucket }) => bucket);
  return { picked, problems };
}

describe("targetsInPlace", () => {
  test("returns all targets without a region or endpoint", () => {
    expect(pick({})).toEqual({ picked: ["a", "b", "c"], problems: [] });
  });

  test("selects targets by region, by endpoint, and by both", () => {
    expect(pick({ region: "gra" })).toEqual({ picked: ["a", "c"], problems: [] });
    expect(pick({ endpoint: "http://127.0.0.1:9000" })).toEqual({ picked: ["c"], problems: [] });
    expect(pick({ region: "gra", endpoint: "https://s3.gra.io.cloud.ovh.net" }).picked).toEqual(["a"]);
  });

  test("reports the available regions if none matches", () => {
    expect(pick({ region: "rbx" })).toEqual({
      picked: [],
      problems: ['--region: "rbx" matches none of the targets: give one of gra, sbg'],
    });
  });

  test("keeps a single place, even if another region or endpoint is given", () => {
    expect(pick({ region: "rbx", endpoint: "http://127.0.0.1:9000" }, [at("a", "gra")]).picked).toEqual(["a"]);
  });
});
