import { type Command, Option } from "commander";
import { type Flag, helpWords, type RunOption } from "../../migrate/options/declaration.js";
import { exitCodeLines } from "../exit-codes.js";

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

/** What a command accepts, and what its help says of that. */
export interface CommandDeclaration<O extends CommandFlags = CommandFlags> {
  readonly options: O;
  readonly notes?: string;
  /** Only if they differ from those of the main help. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  readonly examples: string;
  readonly closing?: string;
}

/** The work of a command, which sees exactly its own flags, typed. */
export type Work<O extends CommandFlags> = (flags: FlagsOf<O>, ...words: string[]) => void | Promise<void>;

/** Keeps the types of a command's own flags. */
export function declareCommand<const O extends CommandFlags>(declared: CommandDeclaration<O>): CommandDeclaration<O> {
  return declared;
}

/** Puts options under a heading. */
export function grouped<const O extends CommandFlags>(group: string, options: O): O {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { ...option, group }]),
  ) as unknown as O;
}

/** Adds a declaration to the commander command. `load` imports the work, once the words were found to be right. */
export function completeCommand<O extends CommandFlags>(
  command: Command,
  declared: CommandDeclaration<O>,
  load: () => Promise<Work<O>>,
): Command {
  const { options } = declared;
  for (const option of Object.values(options).flatMap(commanderOptions)) command.addOption(option);
  return command.addHelpText("after", `\n${textBelow(declared)}`).action(async (...given: unknown[]) => {
    const [parsed] = given.slice(-2);
    const texts = given.slice(0, -2).flat() as string[];
    const work = await load();
    await work(flagsGiven(options, parsed as object) as FlagsOf<O>, ...texts);
  });
}

function textBelow({ notes, exitCodes, examples, closing }: CommandDeclaration): string {
  const codes = exitCodes && `Exit codes:\n${exitCodeLines(exitCodes)}`;
  return [notes, codes, `Examples:\n${examples}`, closing].filter((part) => part !== undefined).join("\n\n");
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
