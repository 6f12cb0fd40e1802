import { describe, expect, expectTypeOf, test } from "vitest";
import { createCommand, declareCommand, type FlagsOf, grouped } from "../../cli/commands/declare-command.js";
import { createProgram } from "../../cli/program.js";

const options = {
  names: { flag: "--name <name>", help: "a name (repeatable)", takes: "repeated" },
  kinds: { flag: "--kinds <names>", help: "kinds by commas", takes: "commas" },
  look: { flag: "--no-look", help: "do not look" },
  path: { flag: "--path", help: "in the path", helpOfNo: "in the host" },
  key: { flag: "--key <file>", help: "a key", required: true },
  port: { flag: "--port <n>", help: "a port", preset: "0" },
} as const;

function given(...args: string[]): unknown {
  let seen: unknown;
  const declared = declareCommand({
    name: "try",
    description: "tries",
    words: { "[word...]": "some words" },
    options,
    examples: "  bucketseal try",
    run: (flags, ...words) => {
      seen = { flags, words };
    },
  });
  const quiet = { writeErr: () => undefined, writeOut: () => undefined };
  createCommand(declared)
    .exitOverride()
    .configureOutput(quiet)
    .parse(["node", "bucketseal", ...args]);
  return seen;
}

describe("a declared command", () => {
  test("passes flags on under the names that they are declared by", () => {
    const args = ["one", "two", "--key", "k", "--name", "a", "--name", "b", "--kinds", "c,d", "--kinds", "e"];
    expect(given(...args)).toEqual({
      flags: { port: "0", key: "k", names: ["a", "b"], kinds: ["c", "d", "e"] },
      words: ["one", "two"],
    });
  });

  test("passes on a switch that was given, and not one that commander fills in", () => {
    expect(given("--key", "k", "--no-look", "--no-path")).toMatchObject({ flags: { look: false, path: false } });
    expect(given("--key", "k", "--path")).toMatchObject({ flags: { path: true } });
    expect(given("--key", "k")).not.toHaveProperty("flags.look");
  });

  test.each([
    ["an unknown option", ["--key", "k", "--kye"], "commander.unknownOption"],
    ["a required option that is not given", [], "commander.missingMandatoryOptionValue"],
    ["an option without its value", ["--key"], "commander.optionMissingArgument"],
  ])("refuses %s", (_, args, code) => {
    expect(() => given(...args)).toThrow(expect.objectContaining({ code }));
  });

  test("gives each flag its type", () => {
    type Flags = FlagsOf<typeof options>;
    expectTypeOf<Flags["names"]>().toEqualTypeOf<readonly string[] | undefined>();
    expectTypeOf<Flags["look"]>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<Flags["key"]>().toEqualTypeOf<string>();
    expectTypeOf<Flags["port"]>().toEqualTypeOf<string>();
  });

  test("shows its options under their headings, then notes, exit codes and examples", () => {
    const declared = declareCommand({
      name: "try",
      description: "tries",
      words: {},
      options: { ...grouped("Keys:", { key: options.key }), port: options.port },
      notes: "A note.",
      exitCodes: { 0: "done", 130: "interrupted,\nor stopped" },
      examples: "  bucketseal try",
      closing: "The end.",
      run: () => undefined,
    });
    let help = "";
    const command = createCommand(declared).configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    const below =
      "A note.\n\nExit codes:\n  0    done\n  130  interrupted,\n       or stopped\n\nExamples:\n  bucketseal try\n\nThe end.\n";
    expect(help).toMatch(/\nKeys:\n {2}--key <file> +a key\n\nOptions:\n {2}--port <n> +a port \(default: "0"\)\n/);
    expect(help.endsWith(`\n\n${below}`)).toBe(true);
  });
});

describe("every command", () => {
  test.each(createProgram().commands.map((command) => [command.name(), command] as const))(
    "%s refuses an option that it does not have",
    (_, command) => {
      const needed = command.options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long ?? "", "x"]);
      command.configureOutput({ writeErr: () => undefined });
      const run = () => command.parse([...needed, "--no-such-option"], { from: "user" });
      expect(run).toThrow(expect.objectContaining({ code: "commander.unknownOption" }));
    },
  );
});
