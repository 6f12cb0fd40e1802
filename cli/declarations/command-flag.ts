import { Option } from "commander";
import { UsageError } from "../../migrate/index.js";
import type { Flag, RunOption } from "../../migrate/options/declaration.js";

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
    /** The name of its environment variable, if another command has an option of that name with another meaning. */
    readonly variable?: string;
    /** The switch without which its variable has no effect. */
    readonly only?: string;
  };
export type CommandFlags = Readonly<Record<string, CommandFlag>>;

const BEGINNING = "BUCKETSEAL_";
/** These contain secrets, so they have no option. */
const SECRET = ["SIGN_PASSPHRASE", "REDIS_USERNAME", "REDIS_PASSWORD"] as const;

const SWITCH: Readonly<Record<string, boolean>> = {
  "1": true,
  true: true,
  yes: true,
  "0": false,
  false: false,
  no: false,
};

/** The environment variable of an option: `BUCKETSEAL_FAIL_ON` for `--fail-on`. */
export function variableOf({ flag, variable }: CommandFlag): string {
  const name = variable ?? (flag.split(" ", 1)[0] ?? "").replace(/^--/, "");
  return BEGINNING + name.replaceAll("-", "_").toUpperCase();
}

/** The value in the environment; `undefined` if there is none. An empty one is none. */
function textOf(declared: CommandFlag): string | undefined {
  return process.env[variableOf(declared)] || undefined;
}

/**
 * Lets the environment set an option. commander would switch a switch on whatever the value is, so only the switch
 * that the value means gets the variable. `off`: the option with the opposite meaning.
 */
export function readVariable(declared: CommandFlag, option: Option, off?: Option): void {
  const value = textOf(declared);
  if (value === undefined) return;
  const meant = isSwitch(declared) ? (SWITCH[value.toLowerCase()] ? option : off) : option;
  meant?.env(variableOf(declared));
}

function isSwitch({ flag }: CommandFlag): boolean {
  return !flag.includes("<");
}

/** Throws one UsageError for all variables of switches that mean neither on nor off. */
export function refuseBadSwitches(options: CommandFlags): void {
  const problems = Object.values(options).flatMap((declared) => {
    const value = isSwitch(declared) ? textOf(declared) : undefined;
    if (value === undefined || Object.hasOwn(SWITCH, value.toLowerCase())) return [];
    return `${variableOf(declared)}: "${value}" is not allowed: give true or false`;
  });
  if (problems.length > 0) throw new UsageError(problems);
}

/** Splits the value of a variable, one per line. A value of the command line is one value. */
export function repeatedIn(declared: CommandFlag, value: string): readonly string[] {
  return value === textOf(declared) ? value.split("\n").filter((line) => line !== "") : [value];
}

/** Adds the variables of the options that an error names. */
export function withVariables({ problems }: UsageError, set: readonly CommandFlag[]): UsageError {
  const variablesIn = (problem: string) =>
    set.flatMap((declared) => {
      const name = declared.flag.split(" ", 1)[0] ?? "";
      return new RegExp(`${name}(?![\\w-])`).test(problem) ? [`${name} is from ${variableOf(declared)}`] : [];
    });
  return new UsageError(problems.map((problem) => [problem, ...variablesIn(problem)].join("; ")));
}

type Declare = () => Promise<{ readonly options: CommandFlags }>;

/** Throws if a variable resembles one of an option, but is none: it would change nothing. Loads no more than needed. */
export async function refuseMistyped(declarations: Iterable<Declare>): Promise<void> {
  const known = new Set<string>(SECRET.map((name) => BEGINNING + name));
  const unknown = () => Object.keys(process.env).filter((name) => name.startsWith(BEGINNING) && !known.has(name));
  for (const declare of declarations) {
    if (unknown().length === 0) return;
    for (const option of Object.values((await declare()).options)) known.add(variableOf(option));
  }
  if (unknown().length === 0) return;
  const { distance } = await import("fastest-levenshtein");
  const problems = unknown().flatMap((name) => {
    // Others share the prefix: Kubernetes sets BUCKETSEAL_PORT for a service with this name.
    const most = Math.min(2, Math.floor((name.length - BEGINNING.length) / 3));
    const meant = [...known].find((one) => distance(one, name) <= most);
    return meant === undefined ? [] : [`${name} is not a variable of bucketseal: rename it to ${meant}, or unset it`];
  });
  if (problems.length > 0) throw new UsageError(problems);
}

/** What commander calls an option and its alias. */
export function spellings({ flag, alias }: CommandFlag): string[] {
  return [flag, ...(alias === undefined ? [] : [flag.replace(/^\S+/, alias)])].map((one) =>
    new Option(one).attributeName(),
  );
}

export function refuseTwo({ flag, alias }: CommandFlag, [one, other]: readonly unknown[]): void {
  if (one === other) return;
  throw new UsageError([`${flag.split(" ", 1)[0]} "${one}" and ${alias} "${other}" are one option: give only one`]);
}

/** The options of every command on a store about what it prints on stderr. */
export const logging = {
  quiet: { short: "-q", flag: "--quiet", help: "print only warnings and errors on stderr" },
  verbose: { short: "-v", flag: "--verbose", help: "log waits and further attempts, as --log-level info does" },
  logLevel: {
    flag: "--log-level <level>",
    help: "warning, info (also waits and further attempts) or debug (also each request)",
    choices: ["warning", "info", "debug"],
    otherwise: "warning",
  },
  logFormat: { flag: "--log-format <format>", help: "format of stderr", choices: ["text", "json"], preset: "text" },
} as const satisfies CommandFlags;
