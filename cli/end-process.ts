import { TOOL_VERSION } from "../migrate/index.js";
import { visibleText } from "../migrate/model/text.js";
import { rememberSecret, withoutSecrets } from "../migrate/store/wire.js";
import { EXIT, reportExpected } from "./exit-codes.js";
import { note, printErrors } from "./print/terminal.js";

const SECRETS = [
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "BUCKETSEAL_SIGN_PASSPHRASE",
  "BUCKETSEAL_REDIS_PASSWORD",
] as const;
const MOST_CAUSES = 5;

/**
 * Runs the whole program and ends it: with the exit code that the work set, after an error that it threw or that nobody
 * awaited, or if the work stops without settling.
 */
export async function runToItsEnd(work: () => Promise<void>): Promise<void> {
  let isSettled = false;
  const endAfter = (thrown: unknown) => endProcess(reportError(thrown));
  process.on("uncaughtException", endAfter).on("unhandledRejection", endAfter);
  // The event loop is empty, but the work has not settled.
  process.on("beforeExit", () => {
    if (!isSettled) endAfter(new Error("the work stopped before it was finished: a promise was never settled"));
  });
  try {
    await work();
  } catch (error) {
    process.exitCode = reportError(error);
  }
  isSettled = true;
}

/** Ends the process at once. */
export function endProcess(code: number): never {
  process.exit(code);
}

function reportError(thrown: unknown): number {
  const code = reportExpected(thrown);
  if (code !== null) return code;
  printBug(thrown);
  return EXIT.bug;
}

/** Prints what a bug report needs: the version, the command without its values, and the stack. */
function printBug(thrown: unknown): void {
  for (const name of SECRETS) rememberSecret(process.env[name] ?? "");
  printErrors([
    "this is a bug in bucketseal. What the run has written so far is kept, and --resume continues it. Please report the lines below on the issue tracker. They contain no secrets in use, but may contain object keys",
  ]);
  const [command = "", ...args] = process.argv.slice(2);
  const flags = args.filter((word) => word.startsWith("--")).map((word) => word.split("=", 1)[0]);
  note(`  bucketseal ${TOOL_VERSION}, Node ${process.versions.node}, ${process.platform} ${process.arch}`);
  note(`  ${visibleText(["bucketseal", command, ...flags].join(" "))}`);
  for (const line of stackLines(thrown)) note(`  ${visibleText(line)}`);
}

function stackLines(thrown: unknown): string[] {
  const lines: string[] = [];
  let left = thrown;
  for (let causes = 0; left !== undefined && causes < MOST_CAUSES; causes += 1) {
    const text = left instanceof Error ? (left.stack ?? left.message) : String(left);
    lines.push(...withoutSecrets(`${causes > 0 ? "caused by " : ""}${text}`).split("\n"));
    left = left instanceof Error ? left.cause : undefined;
  }
  return lines;
}

/** SIGHUP: the terminal is gone, for example because a connection broke. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The first SIGINT, SIGTERM or SIGHUP stops the work in order; a second one ends the process at once.
 * A closed stdout, as after `| head`, stops it in order too.
 */
export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>, onInterrupt: () => void): Promise<T> {
  const controller = new AbortController();
  const stop = (words: string) => {
    if (controller.signal.aborted) return;
    onInterrupt();
    note(words);
    controller.abort();
  };
  const interrupt = () => {
    if (controller.signal.aborted) endProcess(EXIT.interrupted);
    stop("stopping: finishing the objects in flight (interrupt again to stop at once)");
  };
  const unread = () => stop("stopping: the output was closed");
  for (const name of SIGNALS) process.on(name, interrupt);
  process.stdout.on("error", unread);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
    process.stdout.off("error", unread);
  }
}
