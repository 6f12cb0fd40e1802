import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { TerraformResource } from "cdktf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EncryptedBucket } from "../../../constructs/index.js";
import { createdAt } from "../../../constructs/require/complaint.js";
import { stackOnOvhcloud } from "../synth.js";

const HERE = "test/constructs/require/complaint.test.ts";

describe("the place where a construct was created", () => {
  it("is the line of the user's own code, not of the bindings or of this library", () => {
    const { stack } = stackOnOvhcloud();
    const bucket = new S3Bucket(stack, "raw");
    const sealed = new EncryptedBucket(stack, "sealed");
    const lines = readFileSync(fileURLToPath(import.meta.url), "utf8").split("\n");
    const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;
    expect(createdAt(bucket)).toBe(`${HERE}:${lineOf("const bucket = new S3Bucket")}`);
    expect(createdAt(sealed.bucket)).toBe(`${HERE}:${lineOf("const sealed = new")}`);
  });

  it("is unknown for a class that makes no references", () => {
    const { stack } = stackOnOvhcloud();
    expect(createdAt(new TerraformResource(stack, "raw", { terraformResourceType: "aws_s3_bucket" }))).toBeUndefined();
  });

  it("is not taken from an argument of the construct", () => {
    const { stack } = stackOnOvhcloud();
    const passed = new S3Bucket(stack, "passed");
    const raw = new TerraformResource(stack, "raw", { terraformResourceType: "aws_s3_bucket" });
    expect(createdAt(Object.assign(raw, { passed: passed.versioning }))).toBeUndefined();
  });
});

describe("in a real app", () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const program = (name: string) => join(root, "node_modules", ".bin", name);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "bucketseal-lines-")));
  const source = join(folder, "main.ts");

  beforeAll(() => {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(source, APP.join("\n"));
    const options = [
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--sourceMap",
      "--skipLibCheck",
      "--noCheck",
      "--ignoreConfig",
    ];
    expect(
      spawnSync(program("tsc"), [...options, "--types", "node", source], { cwd: folder, encoding: "utf8" }),
    ).toMatchObject({ status: 0 });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

  /** Runs the app, and returns the line that its bucket recorded. */
  function lineIn(file: string, command: string, ...args: string[]): string | undefined {
    const { stdout } = spawnSync(command, [...args, file], { cwd: folder, encoding: "utf8" });
    const construct: Record<string, unknown> = {};
    construct.reference = { terraformResource: construct, creationStack: JSON.parse(stdout) };
    return createdAt(construct as never);
  }

  it("the line is that of main.ts under tsx", { tags: ["slow"] }, () => {
    expect(lineIn(source, program("tsx"))).toBe(`${source}:${LINE}`);
  });

  it.each([
    ["by its source map alone", []],
    ["where Node maps its stacks", ["--enable-source-maps"]],
  ])("the line is that of main.ts in compiled JavaScript, %s", { tags: ["slow"] }, (_, args) => {
    expect(lineIn(join(folder, "main.js"), process.execPath, ...args)).toBe(`${source}:${LINE}`);
  });

  it("the line is that of main.js if its source map is missing", { tags: ["slow"] }, () => {
    const compiled = join(folder, "main.js");
    rmSync(join(folder, "main.js.map"));
    const line =
      readFileSync(compiled, "utf8")
        .split("\n")
        .findIndex((text) => text.includes("new S3Bucket")) + 1;
    expect(line).not.toBe(LINE);
    expect(lineIn(compiled, process.execPath)).toBe(`${compiled}:${line}`);
  });
});

// The compiler drops the types, so its line numbers differ from those of the source.
const APP = [
  'import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";',
  'import { TerraformStack, Testing } from "cdktf";',
  "",
  "interface Named {",
  "  readonly name: string;",
  "}",
  "",
  'const { name }: Named = { name: "acme-raw" };',
  'const stack = new TerraformStack(Testing.app(), "stack");',
  'const bucket = new S3Bucket(stack, "raw", { bucket: name });',
  "console.log(JSON.stringify(bucket.timeouts.creationStack));",
  "",
];
const LINE = APP.findIndex((text) => text.includes("new S3Bucket")) + 1;
