import {
  type ComparedLine,
  type LiveCheck,
  UsageError,
  type VerifyLiveOptions,
  verifyLive,
} from "../../migrate/index.js";
import { encryption, flagName } from "../../migrate/options/option-table.js";
import { place, speed } from "../../migrate/options/options-of-every-run.js";
import type { ProviderId } from "../../providers/index.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { comparedCount, livePrinter } from "../print/print-live.js";
import { drained, note, onStderr, printJson } from "../print/terminal.js";
import { networkOfEnvironment } from "./command-inputs.js";
import type { CommandFlags, FlagsOf } from "./declare-command.js";

/** Compares an intact report with the bucket, prints the result and sets the exit code. */
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
    note(`${onStderr.yellow("interrupted:")} the other lines were not compared`);
    return EXIT.interrupted;
  }
  if (comparedCount(results) === 0 && notSeen.length === 0 && !allowEmpty) {
    note(`${onStderr.red("exit code 1:")} ${NOTHING_COMPARED}`);
    return EXIT.objectsOpen;
  }
  return results.contradicts + results.unread + unencrypted + notSeen.length > 0 ? EXIT.objectsOpen : EXIT.done;
}

const NOTHING_COMPARED =
  "nothing was compared: the report contains no object that could be looked up in the bucket (accept this with --allow-empty)";

export const liveFlags = {
  live: { flag: "--live", help: "compare the report with the bucket as it is now (read-only, one HEAD per line)" },
  sample: { flag: "--sample <n>", help: "compare this many lines, chosen at random", otherwise: "all" },
  seed: {
    flag: "--seed <n>",
    help: "seed that chooses them; the same seed chooses the same lines",
    otherwise: "random, and printed",
  },
  countNew: {
    flag: "--count-new",
    help: "list the bucket too, and count the objects that the report does not contain",
  },
  allowEmpty: { flag: "--allow-empty", help: "do not exit with 1 if the report names nothing to compare" },
  provider: { ...place.provider, help: "store to compare with: the provider's endpoint in the run's region" },
  endpoint: {
    ...place.endpoint,
    help: "the store's URL; without --endpoint and --provider, a --public-key must vouch for the run's own",
  },
  region: { ...place.region, help: "the provider's region", otherwise: "the run's, as for the options below" },
  pathStyle: { ...place.pathStyle, help: "use path-style URLs" },
  profile: place.profile,
  expectedBucketOwner: place.expectedBucketOwner,
  requesterPays: place.requesterPays,
  concurrency: speed.concurrency,
  readsPerSecond: speed.readsPerSecond,
  ssecKeyFile: {
    ...encryption.ssecKeyFile,
    help: "customer key file, or map of key files, to read objects under these keys (repeatable)",
  },
} as const satisfies CommandFlags;
export type LiveFlags = FlagsOf<typeof liveFlags>;

export interface LiveOptions extends VerifyLiveOptions {
  /** If there is nothing to compare, that is not a failure. */
  readonly allowEmpty?: boolean | undefined;
}

/** `null` without --live. */
export function liveOptions({ live, ...given }: LiveFlags): LiveOptions | null {
  if (live) return { ...given, provider: given.provider as ProviderId | undefined, ...networkOfEnvironment() };
  const alone = Object.entries(given).filter(([, value]) => value !== undefined);
  const problems = alone.map(([name]) => `${flagName(name)} applies only to --live: add --live, or leave it out`);
  if (problems.length > 0) throw new UsageError(problems);
  return null;
}
