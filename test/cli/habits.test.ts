import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { variableOf } from "../../cli/declarations/command-flag.js";
import { COMMANDS } from "../../cli/program.js";
import { createBucket, encryptionOf, environmentOf, openRehearsal, plain, type Rehearsal } from "./rehearsal.js";
import { runCli } from "./run-cli.js";

vi.setConfig({ testTimeout: 120_000 });

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await openRehearsal();
  await createBucket(rehearsal.client, "archive", [...plain(2), ...plain(1, "other/")]);
});
afterAll(() => rehearsal.close());

/** Runs the command line on the sandbox with these variables. */
function withVariables(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { folder, sandbox } = rehearsal;
  const place = { AWS_ENDPOINT_URL: sandbox.endpoint, AWS_REGION: sandbox.region };
  return runCli(args, { folder, env: { ...environmentOf(sandbox.credentials), ...place, ...env } });
}

const runOf = async (out: string) => JSON.parse(await readFile(join(rehearsal.folder, out, "run.json"), "utf8"));

describe("short and other spellings", () => {
  test("-n changes nothing, --endpoint-url names the store, --prefix the keys, and -q leaves out progress", async () => {
    const { endpoint } = rehearsal.sandbox;
    const args = ["--prefix", "plain/", "--endpoint-url", endpoint, "--min-size", "0K", "--max-size", "1G"];
    const ran = await withVariables({}, "migrate", "s3://archive", "-nq", ...args, "--out", "dry");
    expect(ran).toMatchObject({ code: 0, stderr: expect.not.stringContaining("store: ") });
    expect(await runOf("dry")).toMatchObject({
      dryRun: true,
      endpoint,
      scopes: [{ bucket: "archive", prefix: "plain/" }],
      options: { maxSize: "1G" },
      settings: { minSizeBytes: 0, maxSizeBytes: 2 ** 30 },
    });
    expect(Object.values(await encryptionOf(rehearsal.client, "archive"))).toEqual(["none", "none", "none"]);
  });

  test.each([
    [
      ["s3://archive/plain/", "--prefix", "other/"],
      /^error: location "s3:\/\/archive\/plain\/" has another prefix than/,
    ],
    [["--all-buckets", "--prefix", "other/"], /^error: --prefix needs a bucket: give s3:\/\/BUCKET\n$/],
    [
      ["s3://archive", "--endpoint", "http://127.0.0.1:1", "--endpoint-url", "http://127.0.0.1:2"],
      /^error: --endpoint "http:\/\/127.0.0.1:1" and --endpoint-url "http:\/\/127.0.0.1:2" are one option/,
    ],
  ])("that contradict each other are refused: %s", async (args, says) => {
    const ran = await withVariables({}, "audit", ...args, "--out", "unwritten");
    expect(ran).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(says) });
  });
});

describe("a mistyped word", () => {
  test.each([
    [["help", "migrat"], "(Did you mean migrate?)"],
    [["migrat", "--help"], "(Did you mean migrate?)"],
    [["migrat", "--provider", "aws"], "(Did you mean migrate?)"],
    [["migrate", "--dry-rum"], "(Did you mean --dry-run?)"],
  ])("%s gets a suggestion, and exit code 2", async (args, says) => {
    expect(await withVariables({}, ...args)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(says),
    });
  });

  test("that is none is not reported: help and version print what they are asked for", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await withVariables({}, "version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    const helped = await withVariables({}, "help", "migrate");
    expect(helped).toMatchObject({ code: 0, stdout: expect.stringContaining("-n, --dry-run") });
  });
});

describe("variables", () => {
  test("set options, and options win over them", async () => {
    const env = {
      BUCKETSEAL_FAIL_ON: "unencrypted",
      BUCKETSEAL_INCLUDE: "plain/*\nother/*",
      BUCKETSEAL_CONCURRENCY: "7",
      BUCKETSEAL_QUIET: "true",
      BUCKETSEAL_NO_NONCURRENT: "true",
      BUCKETSEAL_ALLOW_EMPTY: "false",
      // Kubernetes sets it for a service, and no option of audit is called so.
      BUCKETSEAL_PORT: "tcp://10.0.0.1:80",
      BUCKETSEAL_DRY_RUN: "true",
    };
    const ran = await withVariables(env, "audit", "s3://archive", "--concurrency", "3", "--out", "of-variables");
    expect(ran).toMatchObject({ code: 1, stderr: expect.not.stringContaining("store: ") });
    expect(ran.stderr).toContain("exit code 1: there are objects that are unencrypted");
    const { options } = await runOf("of-variables");
    expect(options).toMatchObject({
      failOn: ["unencrypted"],
      include: ["plain/*", "other/*"],
      concurrency: "3",
      noncurrent: false,
    });
    expect(options).not.toHaveProperty("allowEmpty");
    expect(options).not.toHaveProperty("dryRun");
    // Without --live, verify asks no store, and names none of its options.
    const verified = await withVariables({ BUCKETSEAL_CONCURRENCY: "7" }, "verify", "of-variables");
    expect(verified).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    [
      { BUCKETSEAL_EXLUDE: "a" },
      "error: BUCKETSEAL_EXLUDE is not a variable of bucketseal: rename it to BUCKETSEAL_EXCLUDE",
    ],
    [{ BUCKETSEAL_QUIET: "maybe" }, 'error: BUCKETSEAL_QUIET: "maybe" is not allowed: give true or false'],
    [{ BUCKETSEAL_CONCURRENCY: "0" }, "from 1 to 10000; --concurrency is from BUCKETSEAL_CONCURRENCY"],
    [{ BUCKETSEAL_LOG_FORMAT: "xml" }, "from env 'BUCKETSEAL_LOG_FORMAT' is invalid"],
  ])("that cannot be used are refused by name: %s", async (env, says) => {
    const ran = await withVariables(env, "audit", "s3://archive", "--out", "unwritten");
    expect(ran).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(says) });
  });

  test("have one meaning: options with the same variable take the same values", async () => {
    const shapes = new Map<string, string>();
    for (const { name, declaration } of COMMANDS) {
      for (const option of Object.values((await declaration()).options)) {
        const { flag, takes, choices } = option;
        // `report --format` splits its value itself.
        const isRepeated = takes === "repeated";
        const shape = JSON.stringify([flag.split(" ")[0], flag.includes("<"), isRepeated, choices]);
        const variable = variableOf(option);
        expect(shapes.get(variable) ?? shape, `${name} ${flag}`).toBe(shape);
        shapes.set(variable, shape);
      }
    }
    expect(shapes.has("BUCKETSEAL_FAIL_ON") && shapes.has("BUCKETSEAL_DIFF_FAIL_ON")).toBe(true);
  });
});

describe("the log", () => {
  const REQUEST = /^\S+Z debug headObject: HEAD s3:\/\/archive\/\S+: 200 in \d+ ms, attempt 1, request ID \w+$/gm;

  test("has a line for each request at debug, those of worker processes too, and no secret", async () => {
    const { sandbox } = rehearsal;
    sandbox.resetCalls();
    const args = ["audit", "s3://archive", "--log-level", "debug", "--workers", "2"];
    const ran = await withVariables({}, ...args, "--out", "debugged");
    expect(ran.code).toBe(0);
    expect(ran.stderr.match(REQUEST)).toHaveLength(sandbox.calls.HeadObject ?? 0);
    const sent = Object.values(sandbox.calls).reduce((sum, calls) => sum + calls, 0);
    expect(ran.stderr.match(/ debug /g)).toHaveLength(sent);
    expect(ran.stderr).not.toContain(sandbox.credentials.secretAccessKey);
    expect(ran.stderr).not.toMatch(/signature|authorization/i);
  });

  test("is JSON if asked for, and says nothing of requests below debug", async () => {
    const args = ["audit", "s3://archive", "--log-format", "json", "-v", "--out", "as-json"];
    const { code, stderr } = await withVariables({}, ...args);
    expect(code).toBe(0);
    const lines = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ level: "info", message: expect.stringMatching(/^store: /) });
    expect(lines.map(({ level }) => level)).toContain("warning");
    expect(lines.map(({ event }) => event)).toContain("scope-ended");
    expect(lines.map(({ level }) => level)).not.toContain("debug");
  });
});

describe("completion", () => {
  test("prints a script for each shell, and refuses others", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { code, stdout } = await withVariables({}, "completion", shell);
      expect({ code, shell: stdout.includes("bucketseal complete --") }).toEqual({ code: 0, shell: true });
    }
    expect(await withVariables({}, "completion", "tcsh")).toMatchObject({
      code: 2,
      stderr: 'error: "tcsh" is not a shell with completion: give one of bash, zsh, fish, powershell\n',
    });
  });

  test("completes commands, options and files", async () => {
    const offered = async (...words: string[]) =>
      (await withVariables({}, "complete", "--", ...words)).stdout.split("\n");
    expect(await offered("mig")).toEqual([expect.stringMatching(/^migrate\t/), ":4", ""]);
    expect(await offered("migrate", "--dry")).toEqual([expect.stringMatching(/^--dry-run\t/), ":4", ""]);
    expect(await offered("audit", "--dry")).toEqual([":0", ""]);
    expect(await offered("verify", "")).toEqual([":0", ""]);
  });
});
