import type { Command } from "commander";
import {
  type ComparedLine,
  type LiveCheck,
  UsageError,
  type VerifyLiveOptions,
  verifyLive,
} from "../../migrate/index.js";
import type { ProviderId } from "../../providers/index.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { comparedCount, livePrinter } from "../print/print-live.js";
import { drained, note, onStderr, printJson } from "../print/terminal.js";
import { networkOfEnvironment } from "./command-inputs.js";
import { collect } from "./run-flags.js";

/** Compares a report that holds with the bucket, prints what was found, and sets the exit code. */
export async function checkLive(runDir: string, live: LiveOptions, json: boolean): Promise<LiveCheck> {
  const { allowEmpty, ...options } = live;
  const printer = livePrinter();
  const onDifference = json ? printLine : printer.add;
  const check = await withInterrupt(
    (signal) => verifyLive(runDir, { ...options, onDifference, signal }),
    () => undefined,
  );
  if (!json) printer.print(check);
  process.exitCode = exitCode(check, allowEmpty === true);
  return check;
}

function printLine(line: ComparedLine): Promise<void> {
  printJson({ kind: "live-line", result: line.kind, ...withoutKind(line) });
  return drained();
}

function withoutKind({ kind: _kind, ...line }: ComparedLine): Omit<ComparedLine, "kind"> {
  return line;
}

function exitCode({ end, results, unencrypted, notSeen }: LiveCheck, allowEmpty: boolean): number {
  if (end === "interrupted") {
    note(`${onStderr.yellow("interrupted:")} the other lines were not looked up`);
    return EXIT.interrupted;
  }
  if (comparedCount(results) === 0 && notSeen.length === 0 && !allowEmpty) {
    note(`${onStderr.red("exit code 1:")} ${NOTHING_COMPARED}`);
    return EXIT.objectsOpen;
  }
  return results.contradicts + results.unread + unencrypted + notSeen.length > 0 ? EXIT.objectsOpen : EXIT.done;
}

const NOTHING_COMPARED =
  "nothing was compared: no line of the report names an object to look up, so that the bucket says nothing of it (--allow-empty lets it pass)";

/** Flags as commander hands them over: text, until the library has checked it. */
export interface LiveFlags {
  readonly live?: boolean;
  readonly sample?: string;
  readonly seed?: string;
  readonly countNew?: boolean;
  readonly allowEmpty?: boolean;
  readonly provider?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly pathStyle?: boolean;
  readonly profile?: string;
  readonly expectedBucketOwner?: string;
  readonly requesterPays?: boolean;
  readonly concurrency?: string;
  readonly readsPerSecond?: string;
  readonly ssecKeyFile?: string[];
}

export interface LiveOptions extends VerifyLiveOptions {
  /** Nothing to compare is no failure. */
  readonly allowEmpty?: boolean | undefined;
}

export function addLiveFlags(command: Command): Command {
  return command
    .optionsGroup("Going back to the bucket:")
    .option("--live", "compare the report with the bucket as it is now; reads only, one HEAD a line")
    .option("--sample <n>", "look up so many lines, drawn at random (default: all of them)")
    .option("--seed <n>", "what they are drawn by: the same seed draws the same (default: drawn, and told)")
    .option("--count-new", "list the bucket too, and count the objects that the report does not know of")
    .option("--allow-empty", "do not exit with 1 if the report names nothing to compare")
    .option("--provider <name>", "the store to ask: its own endpoint, in the run's region")
    .option(
      "--endpoint <url>",
      "the store's URL; without it or --provider, a --public-key must vouch for the run's own",
    )
    .option("--region <region>", "the provider's region (default: that of the run; so too the rest)")
    .option("--path-style", "put the bucket in the path")
    .option("--no-path-style", "put the bucket in the host name")
    .option("--profile <name>", "a profile of ~/.aws/credentials")
    .option("--expected-bucket-owner <id>", "the account that must own the buckets")
    .option("--requester-pays", "pay for the requests to a requester-pays bucket")
    .option("--concurrency <n>", "objects in flight at once (default: 64)")
    .option("--reads-per-second <n>", "at most (default: the provider's documented limit)")
    .option(
      "--ssec-key-file <file>",
      "a customer key, or a map of them, to see what is under them (repeatable)",
      collect,
    );
}

/** `null` where the bucket is not to be asked. */
export function liveOptions({ live, ...given }: LiveFlags): LiveOptions | null {
  if (live) return { ...given, provider: given.provider as ProviderId | undefined, ...networkOfEnvironment() };
  const alone = Object.entries(given).filter(([, value]) => value !== undefined);
  const problems = alone.map(
    ([name]) =>
      `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} is of --live: give that too, or leave it out`,
  );
  if (problems.length > 0) throw new UsageError(problems);
  return null;
}
