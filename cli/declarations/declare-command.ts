import { type Command, Option } from "commander";
import { UsageError } from "../../migrate/index.js";
import { helpWords } from "../../migrate/options/declaration.js";
import { exitCodeLines } from "../exit-codes.js";
import {
  type CommandFlag,
  type CommandFlags,
  readVariable,
  refuseBadSwitches,
  refuseTwo,
  repeatedIn,
  spellings,
  withVariables,
} from "./command-flag.js";

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

/** The arguments and options of a command, with their help. */
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
    refuseBadSwitches(options);
    const texts = given.slice(0, -2).flat() as string[];
    const { flags, fromVariables } = flagsGiven(command, options);
    const work = await load();
    try {
      await work(flags as FlagsOf<O>, ...texts);
    } catch (error) {
      throw error instanceof UsageError ? withVariables(error, fromVariables) : error;
    }
  });
}

function textBelow({ notes, exitCodes, examples, closing }: CommandDeclaration): string {
  const codes = exitCodes && `Exit codes:\n${exitCodeLines(exitCodes)}`;
  return [notes, codes, `Examples:\n${examples}`, closing].filter((part) => part !== undefined).join("\n\n");
}

/** Accepts a repeated flag, and `a,b` if the option accepts commas. */
const collect = (declared: CommandFlag) => {
  const valuesIn = (value: string) => (declared.takes === "commas" ? value.split(",") : repeatedIn(declared, value));
  return (value: string, earlier: readonly string[] = []) => [...earlier, ...valuesIn(value)];
};

function commanderOptions(declared: CommandFlag): Option[] {
  const { flag, short, alias, helpOfNo, takes, group, required, choices, preset } = declared;
  const option = new Option(short === undefined ? flag : `${short}, ${flag}`, helpWords(declared));
  if (takes !== undefined) option.argParser(collect(declared));
  if (required) option.makeOptionMandatory();
  if (choices !== undefined) option.choices(choices);
  if (preset !== undefined) option.default(preset);
  const off = helpOfNo === undefined ? [] : [new Option(flag.replace("--", "--no-"), helpOfNo)];
  const others = alias === undefined ? [] : [new Option(flag.replace(/^\S+/, alias)).hideHelp()];
  readVariable(declared, option, off[0]);
  const all = [option, ...off, ...others];
  return group === undefined ? all : all.map((each) => each.helpGroup(group));
}

interface Given {
  readonly flags: FlagsOf<CommandFlags>;
  /** The options that an environment variable set. */
  readonly fromVariables: readonly CommandFlag[];
}

/** The given flags by their declared names, in the order of the command line. */
function flagsGiven(command: Command, options: CommandFlags): Given {
  const names = Object.keys(options);
  const nameOf = new Map(
    names.flatMap((name) => spellings(options[name] as CommandFlag).map((one) => [one, name] as const)),
  );
  const parsed = command.opts<Record<string, unknown>>();
  const flags: Record<string, unknown> = {};
  const fromVariables: CommandFlag[] = [];
  for (const [attribute, value] of Object.entries(parsed)) {
    const name = nameOf.get(attribute) ?? attribute;
    const { flag = "", only } = options[name] ?? {};
    const isOfVariable = command.getOptionValueSource(attribute) === "env";
    // commander fills in `true` for `--no-...`. A resumed run would mistake it for a changed option.
    if ((flag.startsWith("--no-") && value === true) || (isOfVariable && only !== undefined && !parsed[only])) continue;
    if (Object.hasOwn(flags, name) && isOfVariable) continue;
    if (Object.hasOwn(flags, name)) refuseTwo(options[name] as CommandFlag, [flags[name], value]);
    flags[name] = value;
    if (isOfVariable) fromVariables.push(options[name] as CommandFlag);
  }
  return { flags: flags as FlagsOf<CommandFlags>, fromVariables };
}
