import { type GivenOptions, optionProblems, type RunResult, UsageError } from "../../migrate/index.js";
import { withInterrupt } from "../end-process.js";
import { EXIT } from "../exit-codes.js";
import { conditionsFound, type FailOn, failReasons, parseFailOn } from "../fail-on.js";
import { printSummary } from "../print/print-summary.js";
import { baselineNotes, bucketWarnings, jsonPrinter, probedLine, slowest } from "../print/run-events.js";
import { note, onStderr, shellWord } from "../print/terminal.js";
import { createProgress } from "../progress/create-progress.js";
import { targetsSource } from "./command-inputs.js";

/** The flags of a run that the command line reads itself. */
interface RunFlags {
  readonly targets: string | undefined;
  readonly noncurrent: boolean | undefined;
  readonly failOn: readonly string[] | undefined;
  readonly allowEmpty: boolean | undefined;
  readonly json: boolean | undefined;
  readonly quiet: boolean | undefined;
}

type Run = (options: GivenOptions) => Promise<RunResult>;

/** Runs `audit` or `migrate`, from the flags to the exit code. */
export async function runCommand(run: Run, given: GivenOptions, flags: RunFlags): Promise<void> {
  const targets = flags.targets === undefined ? undefined : await targetsSource(flags.targets);
  const options = { ...given, targets };
  const failOn = await checkFailOn(flags, options);
  const progress = createProgress({ quiet: flags.quiet === true });
  const printJson = flags.json ? jsonPrinter() : undefined;
  const sayWarnings = bucketWarnings();
  const sayProbed = probedLine({ quiet: flags.quiet === true });
  const sayOfBaseline = baselineNotes({ quiet: flags.quiet === true });
  const pace = slowest();
  const onEvent: GivenOptions["onEvent"] = (event) => {
    sayWarnings(event);
    if (["probed", "bucket-warning", "unseen"].includes(event.kind)) progress.above(() => sayProbed(event));
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
