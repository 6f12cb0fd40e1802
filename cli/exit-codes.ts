import { CommanderError } from "commander";
import { RunError, UsageError, WriteError } from "../migrate/index.js";
import { note, printErrors } from "./print/terminal.js";

/** docs/cli.md documents them. */
export const EXIT = {
  done: 0,
  /** Some objects failed or were refused, a location was not seen, a --fail-on condition holds, or nothing was examined; `verify`: the report does not hold. */
  objectsOpen: 1,
  badUsage: 2,
  bucketUnreadable: 3,
  /** A test object was damaged by its copy, so the store is not trusted with real objects. */
  canaryFailed: 4,
  /** A bug of bucketseal. */
  bug: 70,
  interrupted: 130,
} as const;

/** The words of the main help. */
export const EXIT_WORDS: Readonly<Record<number, string>> = {
  [EXIT.done]: "done",
  [EXIT.objectsOpen]: `some objects failed or were refused, a --fail-on condition was met,
or nothing was examined; verify, sign: the run folder is not intact`,
  [EXIT.badUsage]: "bad usage",
  [EXIT.bucketUnreadable]: "the bucket cannot be read at all (credentials, endpoint, no such bucket)",
  [EXIT.canaryFailed]: "a test object was damaged by its copy: do not trust this store",
  [EXIT.bug]: "a bug in bucketseal; the output says what to report",
  [EXIT.interrupted]: "interrupted; the journal is kept, and --resume continues the run",
};

/** A line of the help for each of them. */
export function exitCodeLines(codes: Readonly<Record<number, string>>): string {
  return Object.entries(codes)
    .map(([code, words]) => `  ${code.padEnd(5)}${words.replaceAll("\n", "\n       ")}`)
    .join("\n");
}

/** Errors of a given path or port. */
const BAD_PLACE: ReadonlySet<string> = new Set([
  "EACCES",
  "EADDRINUSE",
  "EADDRNOTAVAIL",
  "EEXIST",
  "EISDIR",
  "ENOENT",
  "ENOTDIR",
  "EPERM",
  "EROFS",
]);
/** Errors of a machine that ran out of something. */
const OUT_OF: ReadonlySet<string> = new Set(["EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOSPC"]);

const EXIT_OF: Readonly<Record<RunError["because"], number>> = {
  store: EXIT.bucketUnreadable,
  canary: EXIT.canaryFailed,
  interrupted: EXIT.interrupted,
};

/** Prints an error and returns its exit code; prints nothing and returns `null` if the error is unexpected. */
export function reportExpected(thrown: unknown): number | null {
  // commander has printed the message already.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.badUsage;
  if (thrown instanceof UsageError) {
    printErrors(thrown.problems);
    return EXIT.badUsage;
  }
  if (thrown instanceof RunError) {
    printErrors(thrown.message.split("\n"));
    if (thrown.runDir !== null) note(`what was done so far is in ${thrown.runDir}`);
    return EXIT_OF[thrown.because];
  }
  if (thrown instanceof WriteError) {
    printErrors([thrown.message]);
    return EXIT.objectsOpen;
  }
  if (!(thrown instanceof Error)) return null;
  const { code = "", message } = thrown as NodeJS.ErrnoException;
  if (!BAD_PLACE.has(code) && !OUT_OF.has(code)) return null;
  printErrors([message]);
  return BAD_PLACE.has(code) ? EXIT.badUsage : EXIT.objectsOpen;
}
