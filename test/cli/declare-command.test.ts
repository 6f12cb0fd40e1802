import { Command } from "commander";
import { describe, expect, expectTypeOf, test } from "vitest";
import { completeCommand, declareCommand, type FlagsOf, grouped } from "../../cli/declarations/declare-command.js";
import { COMMANDS, createProgram } from "../../cli/program.js";

const options = {
  names: { flag: "--name <name>", help: "a name (repeatable)", takes: "repeated" },
  kinds: { flag: "--kinds <names>", help: "kinds by commas", takes: "commas" },
  look: { flag: "--no-look", help: "do not look" },
  path: { flag: "--path", help: "in the path", helpOfNo: "in the host" },
  key: { flag: "--key <file>", help: "a key", required: true },
  port: { flag: "--port <n>", help: "a port", preset: "0" },
} as const;

const declared = declareCommand({ options, examples: "  bucketseal try" });

/** A command that keeps what its work is given. */
function tried() {
  const seen = { loads: 0, given: undefined as unknown };
  const command = new Command("try")
    .argument("[word...]")
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
  completeCommand(command, declared, async () => {
    seen.loads += 1;
    return (flags, ...words) => {
      seen.given = { flags, words };
    };
  });
  return { command, seen };
}

async function given(...args: string[]): Promise<unknown> {
  const { command, seen } = tried();
  await command.parseAsync(args, { from: "user" });
  return seen.given;
}

describe("a declared command", () => {
  test("passes flags on under the names that they are declared by", async () => {
    const args = ["one", "two", "--key", "k", "--name", "a", "--name", "b", "--kinds", "c,d", "--kinds", "e"];
    expect(await given(...args)).toEqual({
      flags: { port: "0", key: "k", names: ["a", "b"], kinds: ["c", "d", "e"] },
      words: ["one", "two"],
    });
  });

  test("passes on a switch that was given, and not one that commander fills in", async () => {
    expect(await given("--key", "k", "--no-look", "--no-path")).toMatchObject({ flags: { look: false, path: false } });
    expect(await given("--key", "k", "--path")).toMatchObject({ flags: { path: true } });
    expect(await given("--key", "k")).not.toHaveProperty("flags.look");
  });

  test.each([
    ["an unknown option", ["--key", "k", "--kye"], "commander.unknownOption"],
    ["a required option that is not given", [], "commander.missingMandatoryOptionValue"],
    ["an option without its value", ["--key"], "commander.optionMissingArgument"],
  ])("refuses %s", async (_, args, code) => {
    await expect(given(...args)).rejects.toThrow(expect.objectContaining({ code }));
  });

  test("loads its work only if its words are right", async () => {
    const { command, seen } = tried();
    for (const args of [["--help"], ["--kye"]]) {
      await expect(command.parseAsync(args, { from: "user" })).rejects.toThrow();
    }
    expect(seen.loads).toBe(0);
    await command.parseAsync(["--key", "k"], { from: "user" });
    expect(seen.loads).toBe(1);
  });

  test("gives each flag its type", () => {
    type Flags = FlagsOf<typeof options>;
    expectTypeOf<Flags["names"]>().toEqualTypeOf<readonly string[] | undefined>();
    expectTypeOf<Flags["look"]>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<Flags["key"]>().toEqualTypeOf<string>();
    expectTypeOf<Flags["port"]>().toEqualTypeOf<string>();
  });

  test("shows its options under their headings, then notes, exit codes and examples", () => {
    const helped = declareCommand({
      options: { ...grouped("Keys:", { key: options.key }), port: options.port },
      notes: "A note.",
      exitCodes: { 0: "done", 130: "interrupted,\nor stopped" },
      examples: "  bucketseal try",
      closing: "The end.",
    });
    let help = "";
    const command = completeCommand(new Command("try"), helped, async () => () => undefined).configureOutput({
      writeOut: (text) => (help += text),
    });
    command.outputHelp();
    const below =
      "A note.\n\nExit codes:\n  0    done\n  130  interrupted,\n       or stopped\n\nExamples:\n  bucketseal try\n\nThe end.\n";
    expect(help).toMatch(/\nKeys:\n {2}--key <file> +a key\n\nOptions:\n {2}--port <n> +a port \(default: "0"\)\n/);
    expect(help.endsWith(`\n\n${below}`)).toBe(true);
  });
});

const { commands } = await createProgram(COMMANDS.map(({ name }) => name));

describe("every command", () => {
  test.each(commands.map((command) => [command.name(), command] as const))(
    "%s refuses an option that it does not have",
    async (_, command) => {
      const needed = command.options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long ?? "", "x"]);
      command.configureOutput({ writeErr: () => undefined });
      const run = command.parseAsync([...needed, "--no-such-option"], { from: "user" });
      await expect(run).rejects.toThrow(expect.objectContaining({ code: "commander.unknownOption" }));
    },
  );
});
