import { Command, Option } from "commander";
import { type Flag, helpWords, type RunOption } from "../../migrate/options/declaration.js";

/** An option of a command: from the table of a run's options, or its own. */
export type CommandFlag = Flag &
  Partial<RunOption> & {
    /** Its heading in the help. */
    readonly group?: string;
    readonly required?: true;
    /** commander refuses other values. */
    readonly choices?: readonly string[];
    /** The value if none is given. commander adds it to the help. */
    readonly preset?: string;
  };
export type CommandFlags = Readonly<Record<string, CommandFlag>>;

type ValueOf<F> = F extends { readonly takes: string }
  ? readonly string[]
  : F extends { readonly flag: `${string}<${string}` }
    ? string
    : boolean;
type IsSure<F> = F extends { readonly required: true } | { readonly preset: string } ? true : false;

/** The values of flags as given: text that the library has yet to check. */
export type FlagsOf<O extends CommandFlags> = {
  readonly [K in keyof O]: ValueOf<O[K]> | (IsSure<O[K]> extends true ? never : undefined);
};

export interface CommandDeclaration<O extends CommandFlags = CommandFlags> {
  readonly name: string;
  readonly description: string;
  /** Its arguments, each with its help. */
  readonly words: Readonly<Record<string, string>>;
  readonly options: O;
  readonly notes?: string;
  /** Only if they differ from those of the main help. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  readonly examples: string;
  readonly closing?: string;
  readonly run: (flags: FlagsOf<O>, ...words: string[]) => void | Promise<void>;
}

/** Declares a command whose `run` sees exactly its own flags, typed. */
export function declareCommand<const O extends CommandFlags>(declared: CommandDeclaration<O>): CommandDeclaration {
  return declared as unknown as CommandDeclaration;
}

/** Puts options under a heading. */
export function grouped<const O extends CommandFlags>(group: string, options: O): O {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { ...option, group }]),
  ) as unknown as O;
}

/** Builds the commander command. */
export function createCommand(declared: CommandDeclaration): Command {
  const { name, description, words, options, run } = declared;
  const command = new Command(name).description(description);
  for (const [word, help] of Object.entries(words)) command.argument(word, help);
  for (const option of Object.values(options).flatMap(commanderOptions)) command.addOption(option);
  return command.addHelpText("after", `\n${textBelow(declared)}`).action((...given: unknown[]) => {
    const [parsed] = given.slice(-2);
    const texts = given.slice(0, -2).flat() as string[];
    return run(flagsGiven(options, parsed as object), ...texts);
  });
}

function textBelow({ notes, exitCodes, examples, closing }: CommandDeclaration): string {
  const codes = exitCodes && `Exit codes:\n${exitCodeLines(exitCodes)}`;
  return [notes, codes, `Examples:\n${examples}`, closing].filter((part) => part !== undefined).join("\n\n");
}

export function exitCodeLines(codes: Readonly<Record<number, string>>): string {
  return Object.entries(codes)
    .map(([code, words]) => `  ${code.padEnd(5)}${words.replaceAll("\n", "\n       ")}`)
    .join("\n");
}

const collect = (value: string, earlier: string[] = []) => [...earlier, value];
/** Accepts `a,b` and a repeated flag. */
const commaSeparated = (value: string, earlier: string[] = []) => [...earlier, ...value.split(",")];

function commanderOptions(declared: CommandFlag): Option[] {
  const { flag, helpOfNo, takes, group, required, choices, preset } = declared;
  const option = new Option(flag, helpWords(declared));
  if (takes !== undefined) option.argParser(takes === "commas" ? commaSeparated : collect);
  if (required) option.makeOptionMandatory();
  if (choices !== undefined) option.choices(choices);
  if (preset !== undefined) option.default(preset);
  const both = helpOfNo === undefined ? [option] : [option, new Option(flag.replace("--", "--no-"), helpOfNo)];
  return group === undefined ? both : both.map((each) => each.helpGroup(group));
}

/** The given flags by their declared names, in the order of the command line. */
function flagsGiven(options: CommandFlags, parsed: object): FlagsOf<CommandFlags> {
  const declared = new Map(
    Object.entries(options).map(([name, { flag }]) => [new Option(flag).attributeName(), { name, flag }]),
  );
  const given = Object.entries(parsed).flatMap(([attribute, value]) => {
    const { name, flag } = declared.get(attribute) ?? { name: attribute, flag: "" };
    // commander fills in `true` for `--no-...`. A resumed run would mistake it for a changed option.
    return flag.startsWith("--no-") && value === true ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}
