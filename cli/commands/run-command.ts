import { type GivenOptions, optionProblems, type RunResult, UsageError } from "../../migrate/index.js";
import { EXIT } from "../exit-codes.js";
import { conditionsFound, type FailOn, parseFailOn } from "../fail-on.js";
import { baselineNotes } from "../print/baseline-notes.js";
import { bucketWarnings } from "../print/bucket-warnings.js";
import { jsonPrinter } from "../print/json-printer.js";
import { printSummary } from "../print/print-summary.js";
import { probedLine } from "../print/probed-line.js";
import { shellWord } from "../print/shell-word.js";
import { slowest } from "../print/slowest.js";
import { note, onStderr } from "../print/terminal.js";
import { createProgress } from "../progress/create-progress.js";
import { type RunFlags, runFlagsToOptions } from "./run-flags-to-options.js";
import { targetsSource } from "./targets-source.js";
import { withInterrupt } from "./with-interrupt.js";

type Run = (options: GivenOptions) => Promise<RunResult>;

/** What `audit` and `migrate` do, from their flags to the exit code. */
export async function runCommand(run: Run, locations: readonly string[], flags: RunFlags): Promise<void> {
  const targets = flags.targets === undefined ? undefined : await targetsSource(flags.targets);
  const options = { ...runFlagsToOptions(locations, flags), targets };
  const failOn = await failOnOf(flags, options);
  const progress = createProgress({ quiet: flags.quiet === true });
  const printJson = flags.json ? jsonPrinter() : undefined;
  const sayWarnings = bucketWarnings();
  const sayProbed = probedLine({ quiet: flags.quiet === true });
  const sayOfBaseline = baselineNotes({ quiet: flags.quiet === true });
  const pace = slowest();
  const onEvent: GivenOptions["onEvent"] = (event) => {
    sayWarnings(event);
    if (event.kind === "probed") progress.above(() => sayProbed(event));
    if (event.kind === "reading-file" || event.kind === "baseline-dropped") progress.above(() => sayOfBaseline(event));
    progress.onEvent(event);
    pace.onEvent(event);
    printJson?.onEvent(event);
  };
  const result = await withInterrupt(
    (signal) => run({ ...options, onEvent, signal, countAhead: progress.wantsCount }).finally(progress.stop),
    progress.stop,
  );
  if (!flags.quiet) pace.print();
  if (printJson) printJson.summary(result);
  else printSummary(result);
  process.exitCode = exitCode(result, failOn);
}

async function failOnOf(flags: RunFlags, options: GivenOptions): Promise<readonly FailOn[]> {
  const failOn = parseFailOn(flags.failOn);
  if (failOn.kind === "known") return failOn.names;
  const others = options.resume ? [] : await optionProblems(options);
  throw new UsageError([...failOn.problems, ...others]);
}

function exitCode({ run, summary, runDir }: RunResult, failOn: readonly FailOn[]): number {
  if (run.sessions.at(-1)?.end === "interrupted") {
    const command = `bucketseal ${run.command} --resume --out ${shellWord(runDir)}`;
    note(`${onStderr.yellow("interrupted:")} go on with ${command}`);
    return EXIT.interrupted;
  }
  const found = conditionsFound(summary, failOn);
  if (found.length > 0) note(`${onStderr.red("exit code 1:")} there are objects that are ${found.join(", ")}`);
  return found.length > 0 ? EXIT.objectsOpen : EXIT.done;
}
