import { Command, Option } from "commander";
import { type Flag, helpWords, type RunOption } from "../../migrate/options/declaration.js";

/** An option of a command: one of a run's, or the command's own. */
export type CommandFlag = Flag &
  Partial<RunOption> & {
    /** The heading that it stands under in the help. */
    readonly group?: string;
    readonly required?: true;
    /** commander refuses anything else. */
    readonly choices?: readonly string[];
    /** The value that the command gets if none is given. commander writes it into the help. */
    readonly preset?: string;
  };
export type CommandFlags = Readonly<Record<string, CommandFlag>>;

type ValueOf<F> = F extends { readonly takes: string }
  ? readonly string[]
  : F extends { readonly flag: `${string}<${string}` }
    ? string
    : boolean;
type IsSure<F> = F extends { readonly required: true } | { readonly preset: string } ? true : false;

/** The values of flags as they were given: text, until the library has checked it. */
export type FlagsOf<O extends CommandFlags> = {
  readonly [K in keyof O]: ValueOf<O[K]> | (IsSure<O[K]> extends true ? never : undefined);
};

export interface CommandDeclaration<O extends CommandFlags = CommandFlags> {
  readonly name: string;
  readonly description: string;
  /** The words that it takes, each with its help. */
  readonly words: Readonly<Record<string, string>>;
  readonly options: O;
  readonly notes?: string;
  /** If they mean anything else than those of the whole program. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  readonly examples: string;
  readonly closing?: string;
  readonly run: (flags: FlagsOf<O>, ...words: string[]) => void | Promise<void>;
}

/** Checks that a command uses no flag but its own, and forgets which it has. */
export function declareCommand<const O extends CommandFlags>(declared: CommandDeclaration<O>): CommandDeclaration {
  return declared as unknown as CommandDeclaration;
}

/** Puts options under a heading. */
export function grouped<const O extends CommandFlags>(group: string, options: O): O {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { ...option, group }]),
  ) as unknown as O;
}

/** commander's side of a command. */
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
/** `a,b` and repeated alike. */
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

/** By the declared names, in the order in which they were given. */
function flagsGiven(options: CommandFlags, parsed: object): FlagsOf<CommandFlags> {
  const declared = new Map(
    Object.entries(options).map(([name, { flag }]) => [new Option(flag).attributeName(), { name, flag }]),
  );
  const given = Object.entries(parsed).flatMap(([attribute, value]) => {
    const { name, flag } = declared.get(attribute) ?? { name: attribute, flag: "" };
    // commander fills in `true` for `--no-...`, which nobody gave, and a resumed run would mistake for a changed option.
    return flag.startsWith("--no-") && value === true ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}
