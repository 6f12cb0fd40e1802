import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProgram, COMMANDS as declared } from "../../cli/program.js";
import { CLI_PAGE, cliPage } from "./cli-page.js";
import { runCli } from "./run-cli.js";

const folder = tmpdir();
const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const COMMANDS = ["targets", "probe", "audit", "migrate", "verify", "report", "diff", "sandbox", "keygen", "demo"];

describe("bucketseal", () => {
  test("lists every command and exit code with --help, on stdout with exit code 0", async () => {
    const { code, stdout, stderr } = await runCli(["--help"], { folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const name of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
    for (const exitCode of [0, 1, 2, 3, 130]) expect(stdout).toMatch(new RegExp(`^ {2}${exitCode} +[a-z]`, "m"));
  });

  test("prints its usage on stderr with exit code 2 if no command is given", async () => {
    const { code, stdout, stderr } = await runCli([], { folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Usage: bucketseal");
  });

  test.concurrent.for(COMMANDS)(
    "shows examples of documented options in 80 columns with %s --help",
    async (command, { expect: expectHere }) => {
      const { code, stdout } = await runCli([command, "--help"], { folder });
      expectHere(code).toBe(0);
      const [options = "", examples = ""] = stdout.split("\nExamples:\n");
      expectHere(examples).toMatch(new RegExp(`^ {2}bucketseal ${command}`));
      const own = examples.split("\n").filter((line) => line.startsWith("  bucketseal"));
      for (const [flag] of own.join("\n").matchAll(/--[a-z-]+/g)) expectHere(options).toContain(`${flag} `);
      expectHere(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    },
  );

  test("prints the package version with --version", async () => {
    expect(await runCli(["--version"], { folder })).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("docs/cli.md", () => {
  test("is the page that the declarations give: else run `npm run cli-page`", async () => {
    expect(readFileSync(CLI_PAGE, "utf8")).toBe(await cliPage());
  });

  test("names every command and every option of it", async () => {
    const sections = new Map((await cliPage()).split(/^## /m).map((section) => [section.split("\n", 1)[0], section]));
    for (const command of (await createProgram(declared.map(({ name }) => name))).commands) {
      const section = sections.get(command.name()) ?? "";
      for (const { long, hidden } of command.options) expect(section).toContain(`${hidden ? ", " : "| "}\`${long}`);
    }
  });

  test("says what a resumed run may change", async () => {
    const rows = (await cliPage()).split("\n").filter((line) => line.startsWith("| `--"));
    const said = (flag: string) =>
      rows.filter((row) => row.startsWith(`| \`${flag}`)).map((row) => row.split(" | ").at(-1));
    expect(said("--race")).toEqual(["fixed |"]);
    // A worker of a queue has no run of its own to resume.
    expect(said("--to-key-file")).toEqual(["may change |", " |"]);
    expect(said("--all-buckets")).toEqual(["fixed |", "fixed |"]);
  });
});

const OVH = ["--provider", "ovhcloud", "--region", "gra"];

describe("exit code 2, with the reason on stderr and nothing on stdout,", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bucketseal-usage-"));
    await writeFile(join(folder, "a-file"), "");
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

  test.concurrent.for([
    {
      what: "an unknown command, with the one that was meant",
      args: ["audti"],
      says: /unknown command 'audti'\n.*audit/,
    },
    {
      what: "an unknown option, with the one that was meant",
      args: ["audit", "--regoin", "gra"],
      says: /'--regoin'\n.*--region/,
    },
    { what: "no bucket", args: ["audit", ...OVH], says: /^error: no bucket is given: use s3:\/\/BUCKET[^\n]*\n$/ },
    { what: "no store", args: ["audit", "s3://archive"], says: /^error: no store is given: use --provider[^\n]*\n$/ },
    {
      what: "a location inside another",
      args: ["audit", "s3://archive/2025/", "s3://archive", ...OVH],
      says: /^error: location "s3:\/\/archive\/2025\/" is inside "s3:\/\/archive\/": leave one out\n$/,
    },
    {
      what: "a location that is none",
      args: ["audit", "archive", ...OVH],
      says: /"archive" is not valid: give s3:/,
    },
    {
      what: "an unknown provider, with those that are known",
      args: ["audit", "s3://archive", "--provider", "ovhclod"],
      says: /^error: --provider: "ovhclod" is not allowed: give one of ovhcloud, [^\n]*scaleway[^\n]*generic[^\n]*\n$/,
    },
    {
      what: "the legacy perf endpoint of OVHcloud",
      args: [
        "audit",
        "s3://archive",
        "--provider",
        "ovh",
        "--region",
        "gra",
        "--endpoint",
        "https://s3.gra.perf.cloud.ovh.net",
      ],
      says: /^error: endpoint "https:\/\/s3\.gra\.perf\.cloud\.ovh\.net" cannot be used: [^\n]*\n$/,
    },
    {
      what: "a Local Zone of OVHcloud",
      args: ["audit", "s3://archive", "--provider", "ovh", "--region", "eu-west-lz-bru"],
      says: /^error: region "eu-west-lz-bru" [^\n]* Local Zone [^\n]*\n$/,
    },
    { what: "--resume without the folder", args: ["migrate", "--resume"], says: /^error: --resume [^\n]*--out\n$/ },
    {
      what: "a targets file that is not there",
      args: ["audit", "--targets", "absent.json"],
      says: /^error: targets file "absent.json" [^\n]*\n$/,
    },
    {
      what: "a run folder below a file",
      args: ["audit", "s3://archive", ...OVH, "--out", "a-file/run"],
      says: /^error: run folder "a-file\/run" cannot be used [^\n]*\n$/,
    },
    {
      what: "a gate on noncurrent versions that are skipped",
      args: ["audit", "s3://archive", ...OVH, "--fail-on", "noncurrent", "--no-noncurrent"],
      says: /^error: --fail-on noncurrent needs the noncurrent versions[^\n]*\n$/,
    },
    {
      what: "a report format that is none",
      args: ["report", "run", "--format", "pdf"],
      says: /^error: --format: "pdf" is not allowed[^\n]*\n$/,
    },
    {
      what: "a port that is none",
      args: ["sandbox", "--port", "99999"],
      says: /^error: --port: "99999" [^\n]*65535\n$/,
    },
    {
      what: "a data folder that is a file",
      args: ["sandbox", "--data", "a-file"],
      says: /^error: [^\n]*a-file[^\n]*\n$/,
    },
    {
      what: "a demo folder that is not empty",
      args: ["demo", "--out", "."],
      says: /^error: folder "." is not empty[^\n]*\n$/,
    },
  ])("reports $what", { tags: ["slow"] }, async ({ args, says }, { expect: expectHere }) => {
    const ran = await runCli(args, { folder });
    expectHere(ran).toMatchObject({ code: 2, stdout: "" });
    expectHere(ran.stderr).toMatch(says);
    expectHere(ran.stderr).not.toMatch(/\n +at /);
  });

  test("reports several bad values together, one per line", async () => {
    const bad = [
      "--concurrency",
      "0",
      "--min-size",
      "big",
      "--modified-after",
      "yesterday",
      "--format",
      "pdf",
      "--fail-on",
      "rain",
    ];
    const { code, stdout, stderr } = await runCli(["audit", ...bad], { folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const lines = stderr.trimEnd().split("\n");
    for (const name of [
      "--concurrency",
      "--min-size",
      "--modified-after",
      "--format",
      "--fail-on",
      "no store",
      "no bucket",
    ]) {
      expect(lines.filter((line) => line.startsWith("error: ") && line.includes(name))).toHaveLength(1);
    }
    expect(lines).toHaveLength(7);
  });
});
