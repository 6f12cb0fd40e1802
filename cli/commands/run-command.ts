import { audit, type GivenOptions, migrate, optionProblems, type RunResult, UsageError } from "../../migrate/index.js";
import { OPTIONS } from "../../migrate/options/option-table.js";
import type { FailOn, RunFlags } from "../declarations/audit-migrate.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { conditionsFound, failReasons, parseFailOn } from "../fail-on.js";
import { printSummary } from "../print/print-summary.js";
import { baselineNotes, bucketWarnings, jsonPrinter, probedLine, slowest } from "../print/run-events.js";
import { note, onStderr, shellWord } from "../print/terminal.js";
import { createProgress } from "../progress/create-progress.js";
import { askToRemove, networkOfEnvironment, passphraseOfEnvironment, targetsSource } from "./command-inputs.js";

export const runAudit = (flags: RunFlags, ...locations: string[]) => runCommand(audit, locations, flags);
export const runMigrate = (flags: RunFlags, ...locations: string[]) => runCommand(migrate, locations, flags);

type Run = (options: GivenOptions) => Promise<RunResult>;

/** Runs `audit` or `migrate`, from the flags to the exit code. */
async function runCommand(run: Run, locations: readonly string[], flags: RunFlags): Promise<void> {
  const targets = flags.targets === undefined ? undefined : await targetsSource(flags.targets);
  const given = toRunOptions(locations, flags);
  const options: GivenOptions = { ...given, targets, workers: given.workers ?? "auto" };
  const failOn = await checkFailOn(flags, options);
  const progress = createProgress({ quiet: flags.quiet === true });
  const printJson = flags.json ? jsonPrinter() : undefined;
  const sayWarnings = bucketWarnings();
  const sayProbed = probedLine({ quiet: flags.quiet === true });
  const sayOfBaseline = baselineNotes({ quiet: flags.quiet === true });
  const pace = slowest();
  const onEvent: GivenOptions["onEvent"] = (event) => {
    sayWarnings(event);
    if (["probed", "bucket-warning", "unseen", "worker-replaced"].includes(event.kind))
      progress.above(() => sayProbed(event));
    if (["reading-file", "baseline-dropped", "baseline-left-out"].includes(event.kind))
      progress.above(() => sayOfBaseline(event));
    progress.onEvent(event);
    pace.onEvent(event);
    printJson?.onEvent(event);
  };
  const result = await withInterrupt(
    (signal) => run({ ...options, onEvent, signal, countAhead: progress.wantsCount }).finally(progress.stop),
    progress.stop,
  );
  if (!flags.quiet) pace.print();
  const found = conditionsFound(result, failOn);
  if (printJson) printJson.summary(result, found);
  else printSummary(result);
  process.exitCode = exitCode(result, found, flags);
}

/** These come last in run.json, in this order, whatever the order on the command line. */
const RECORDED_LAST: readonly string[] = [
  "provider",
  "storageClasses",
  "acceptLoss",
  "assume",
  "to",
  "manifestFormat",
  "manifestKeys",
  "race",
  "etag",
  "formats",
  "ocsf",
  "canary",
  "noncurrent",
  "versions",
];

/** Translates flags to the library's options, without checking them. */
function toRunOptions(locations: readonly string[], flags: RunFlags): GivenOptions {
  const ofRun = Object.entries(flags).filter(([name]) => Object.hasOwn(OPTIONS, name));
  const rank = ([name]: readonly [string, unknown]) => RECORDED_LAST.indexOf(name);
  const last = ofRun.filter((option) => rank(option) >= 0).sort((a, b) => rank(a) - rank(b));
  return {
    ...Object.fromEntries(ofRun.filter((option) => rank(option) < 0)),
    ...passphraseOfEnvironment(),
    ...networkOfEnvironment(),
    locations: locations.length > 0 ? locations : undefined,
    ...Object.fromEntries(last),
    confirm: askToRemove,
  };
}

async function checkFailOn(flags: RunFlags, options: GivenOptions): Promise<readonly FailOn[]> {
  const failOn = parseFailOn(flags.failOn);
  const problems = failOn.kind === "bad" ? failOn.problems : contradictions(failOn.names, flags);
  if (failOn.kind === "known" && problems.length === 0) return failOn.names;
  const others = options.resume ? [] : await optionProblems(options);
  throw new UsageError([...problems, ...others]);
}

function contradictions(failOn: readonly FailOn[], { noncurrent }: RunFlags): string[] {
  if (noncurrent !== false || !failOn.includes("noncurrent")) return [];
  return ["--fail-on noncurrent needs the noncurrent versions, which --no-noncurrent skips: give only one of the two"];
}

function exitCode(result: RunResult, found: readonly FailOn[], { allowEmpty }: RunFlags): number {
  const { run, runDir, wasComplete } = result;
  if (wasComplete) {
    note(
      `nothing to resume: the run in ${shellWord(runDir)} is complete and was left unchanged (to sign it, use bucketseal sign)`,
    );
  }
  if (run.sessions.at(-1)?.end === "interrupted") {
    const place = `--endpoint ${shellWord(run.endpoint)} --region ${shellWord(run.region)}`;
    const command = `bucketseal ${run.command} --resume --out ${shellWord(runDir)} ${place}`;
    note(`${onStderr.yellow("interrupted:")} resume with ${command}`);
    return EXIT.interrupted;
  }
  const reasons = failReasons(result, found, { allowEmpty });
  for (const reason of reasons) note(`${onStderr.red("exit code 1:")} ${reason}`);
  return reasons.length > 0 ? EXIT.objectsOpen : EXIT.done;
}
