import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { createProgram } from "../../cli/program.js";
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
  test("is the page that the declarations give: else run `npm run cli-page`", () => {
    expect(readFileSync(CLI_PAGE, "utf8")).toBe(cliPage());
  });

  test("names every command and every option of it", () => {
    const sections = new Map(
      cliPage()
        .split(/^## /m)
        .map((section) => [section.split("\n", 1)[0], section]),
    );
    for (const command of createProgram().commands) {
      const section = sections.get(command.name()) ?? "";
      for (const { long } of command.options) expect(section).toContain(`| \`${long}`);
    }
  });

  test("says what a resumed run may change", () => {
    const rows = cliPage()
      .split("\n")
      .filter((line) => line.startsWith("| `--"));
    const said = (flag: string) =>
      rows.filter((row) => row.startsWith(`| \`${flag}`)).map((row) => row.split(" | ").at(-1));
    expect(said("--race")).toEqual(["keeps |"]);
    expect(said("--to-key-file")).toEqual(["may change |"]);
    expect(said("--all-buckets")).toEqual(["keeps |", "keeps |"]);
  });
});
