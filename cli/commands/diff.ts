import { type Difference, type DiffTotals, diffRuns, UsageError } from "../../migrate/index.js";
import { EXIT } from "../exit-codes.js";
import { diffPrinter } from "../print/print-diff.js";
import { drained, note, onStderr, printJson } from "../print/terminal.js";
import { publicKeysIn, refuseOtherFolder } from "./command-inputs.js";
import { type CommandFlags, declareCommand, type FlagsOf } from "./declare-command.js";

/** Noncurrent versions count with their objects. */
const CONDITIONS = {
  regressed: ({ objects, olderVersions }: DiffTotals) => objects.regressed.objects + olderVersions.regressed.objects,
  "new-unencrypted": ({ newUnencrypted }: DiffTotals) =>
    newUnencrypted.objects.objects + newUnencrypted.olderVersions.objects,
  new: ({ objects }: DiffTotals) => objects.new.objects,
  gone: ({ objects }: DiffTotals) => objects.gone.objects,
  changed: ({ objects, olderVersions }: DiffTotals) => objects.changed.objects + olderVersions.changed.objects,
  "not-compared": ({ objects, olderVersions }: DiffTotals) =>
    objects["not-compared"].objects + olderVersions["not-compared"].objects,
} as const;
type DiffFailOn = keyof typeof CONDITIONS;

const DIFF_FAIL_ON = Object.keys(CONDITIONS) as readonly DiffFailOn[];

const options = {
  failOn: {
    flag: "--fail-on <names>",
    help: `exit with 1 if there are any, comma-separated: ${DIFF_FAIL_ON.join(", ")}`,
    takes: "commas",
  },
  allowEmpty: { flag: "--allow-empty", help: "do not exit with 1 if there was nothing to compare" },
  publicKey: {
    flag: "--public-key <file>",
    help: "public key (PEM) that must have signed both runs (repeatable)",
    takes: "repeated",
  },
  json: { flag: "--json", help: "print one JSON object per line on stdout: every difference, then the totals" },
} as const satisfies CommandFlags;

export const diffCommand = declareCommand({
  name: "diff",
  description: "compare two runs: what became encrypted, is new, is gone or regressed",
  words: { "<earlier>": "the run folder of the earlier run", "<later>": "the run folder of the later run" },
  options,
  notes: "Both folders are verified first. A folder that is not intact is refused.",
  exitCodes: {
    0: "compared",
    1: "a --fail-on condition was met, or nothing was compared",
    2: "bad usage, or a run folder that is not intact",
  },
  examples: `  bucketseal diff last-night tonight
  bucketseal diff last-night tonight --fail-on regressed,new-unencrypted
  bucketseal diff run-1 run-2 --json`,
  run: (flags, earlier, later) => diff(earlier, later, flags),
});

async function diff(earlier: string, later: string, flags: FlagsOf<typeof options>): Promise<void> {
  const { failOn = [], allowEmpty, publicKey = [], json } = flags;
  const problems = diffFailOnProblems(failOn);
  if (problems.length > 0) throw new UsageError(problems);
  for (const runDir of [earlier, later]) await refuseOtherFolder(runDir);
  const publicKeys = await publicKeysIn(publicKey);
  const printer = diffPrinter();
  const onDifference = json ? printLine : printer.add;
  const result = await diffRuns(earlier, later, { onDifference, publicKeys });
  if (json) printJson({ kind: "diff", ...result });
  else printer.print(result);
  const found = differencesFound(result.totals, failOn as DiffFailOn[]);
  if (found.length > 0) note(`${onStderr.red("exit code 1:")} there are objects that are ${found.join(", ")}`);
  const isEmpty = result.compared === 0 && !allowEmpty;
  if (isEmpty) note(`${onStderr.red("exit code 1:")} ${NOTHING_COMPARED}`);
  process.exitCode = found.length > 0 || isEmpty ? EXIT.objectsOpen : EXIT.done;
}

const NOTHING_COMPARED = "nothing was compared: name two runs that cover the same objects, or give --allow-empty";

function printLine(difference: Difference): Promise<void> {
  printJson({ kind: "difference", ...difference });
  return drained();
}

/** One problem for each name that is not allowed. */
function diffFailOnProblems(names: readonly string[]): readonly string[] {
  const unknown = names.filter((name) => !DIFF_FAIL_ON.some((allowed) => allowed === name));
  return unknown.map((name) => `--fail-on: "${name}" is not allowed: give one of ${DIFF_FAIL_ON.join(", ")}`);
}

/** The conditions that hold. */
function differencesFound(totals: DiffTotals, failOn: readonly DiffFailOn[]): readonly DiffFailOn[] {
  return [...new Set(failOn)].filter((name) => CONDITIONS[name](totals) > 0);
}
