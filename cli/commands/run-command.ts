import { audit, type GivenOptions, migrate, type RunResult } from "../../migrate/index.js";
import { OPTIONS } from "../../migrate/options/option-table.js";
import { locationsWithin } from "../../migrate/options/place.js";
import { allowsEmpty, conditionsFound, failReasons, type Gate, recordedGates } from "../../migrate/report/gates.js";
import type { RunFlags } from "../declarations/runs.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { printSummary } from "../print/print-summary.js";
import { baselineNotes, bucketWarnings, jsonPrinter, probedLine, queueNotes, startLog } from "../print/run-events.js";
import { note, onStderr, shellWord } from "../print/terminal.js";
import { createProgress } from "../progress/create-progress.js";
import { slowest } from "../progress/progress.js";
import { placeOfEnvironment } from "./aws-environment.js";
import {
  langOfEnvironment,
  networkOfEnvironment,
  passphraseOfEnvironment,
  redisOfEnvironment,
  targetsSource,
} from "./command-inputs.js";
import { askAboutPlan, askToRemove, canAsk, type DefaultFlags } from "./confirm.js";

export const runAudit = (flags: RunFlags, ...locations: string[]) => runCommand(audit, locations, flags);
export const runMigrate = (flags: RunFlags, ...locations: string[]) => runCommand(migrate, locations, flags);

type Run = (options: GivenOptions) => Promise<RunResult>;

/** Runs `audit` or `migrate`, from the flags to the exit code. */
async function runCommand(run: Run, locations: readonly string[], flags: RunFlags): Promise<void> {
  const targets = flags.targets === undefined ? undefined : await targetsSource(flags.targets);
  const place = await placeOfEnvironment(flags, flags.targets !== undefined || flags.resume === true);
  const given = toRunOptions(locationsWithin(locations, flags.prefix), { ...flags, ...place.flags });
  const workers = given.workers ?? (given.queue === undefined ? "auto" : undefined);
  const options: GivenOptions = { ...given, targets, workers };
  const logEvent = startLog(flags);
  const progress = progressOf(flags, logEvent !== null);
  const printJson = flags.json ? jsonPrinter() : undefined;
  const sayWarnings = bucketWarnings();
  const sayProbed = probedLine({ quiet: flags.quiet === true });
  const sayOfBaseline = baselineNotes({ quiet: flags.quiet === true });
  const sayOfQueue = queueNotes({ quiet: flags.quiet === true });
  const pace = slowest();
  const onEvent: GivenOptions["onEvent"] = (event) => {
    if (!flags.quiet) place.onEvent(event);
    logEvent?.(event);
    sayWarnings(event);
    if (["probed", "bucket-warning", "unseen", "worker-replaced"].includes(event.kind))
      progress.above(() => sayProbed(event));
    if (["reading-file", "baseline-dropped", "baseline-left-out"].includes(event.kind))
      progress.above(() => sayOfBaseline(event));
    if (event.kind === "worker" || event.kind === "queue") progress.above(() => sayOfQueue(event));
    progress.onEvent(event);
    pace.onEvent(event);
    printJson?.onEvent(event);
  };
  const running = { ...options, onEvent, countAhead: progress.wantsCount };
  const explained = (signal: AbortSignal) => place.explain(run({ ...running, signal })).finally(progress.stop);
  const result = await withInterrupt(explained, progress.stop);
  if (!flags.quiet) pace.print();
  const found = conditionsFound(result, options.failOn ?? recordedGates(result.run));
  if (printJson) printJson.summary(result, found);
  else printSummary(result);
  process.exitCode = exitCode(result, found, flags);
}

/** A bar would be torn apart by the lines of a log. */
function progressOf({ quiet, progress, logFormat }: RunFlags, isLogged: boolean) {
  return createProgress({ quiet: quiet === true || progress === false, lines: isLogged || logFormat === "json" });
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
  "lang",
  "failOn",
  "allowEmpty",
  "canary",
  "noncurrent",
  "versions",
];

/** Translates flags to the library's options, without checking them. */
function toRunOptions(locations: readonly string[], flags: RunFlags & DefaultFlags): GivenOptions {
  const ofRun = Object.entries(flags).filter(([name]) => Object.hasOwn(OPTIONS, name));
  const rank = ([name]: readonly [string, unknown]) => RECORDED_LAST.indexOf(name);
  const last = ofRun.filter((option) => rank(option) >= 0).sort((a, b) => rank(a) - rank(b));
  return {
    ...Object.fromEntries(ofRun.filter((option) => rank(option) < 0)),
    ...passphraseOfEnvironment(),
    ...networkOfEnvironment(),
    ...redisOfEnvironment(),
    ...(flags.lang === undefined && !flags.resume ? langOfEnvironment() : {}),
    locations: locations.length > 0 ? locations : undefined,
    ...Object.fromEntries(last),
    confirm: askToRemove,
    confirmPlan: canAsk() ? (plan) => askAboutPlan(plan, flags) : undefined,
  };
}

function exitCode(result: RunResult, found: readonly Gate[], { allowEmpty }: RunFlags): number {
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
  const reasons = failReasons(result, found, { allowEmpty: allowEmpty ?? allowsEmpty(run) });
  for (const reason of reasons) note(`${onStderr.red("exit code 1:")} ${reason}`);
  return reasons.length > 0 ? EXIT.objectsOpen : EXIT.done;
}
