import { type Difference, type DiffTotals, diffRuns, UsageError } from "../../migrate/index.js";
import { DIFF_FAIL_ON, type DiffFailOn, type DiffFlags } from "../declarations/run-folders.js";
import { EXIT } from "../exit-codes.js";
import { diffPrinter } from "../print/print-diff.js";
import { drained, note, onStderr, printJson } from "../print/terminal.js";
import { publicKeysIn, refuseOtherFolder } from "./command-inputs.js";

/** Noncurrent versions count with their objects. */
const CONDITIONS: Readonly<Record<DiffFailOn, (totals: DiffTotals) => number>> = {
  regressed: ({ objects, olderVersions }) => objects.regressed.objects + olderVersions.regressed.objects,
  "new-unencrypted": ({ newUnencrypted }) => newUnencrypted.objects.objects + newUnencrypted.olderVersions.objects,
  new: ({ objects }) => objects.new.objects,
  gone: ({ objects }) => objects.gone.objects,
  changed: ({ objects, olderVersions }) => objects.changed.objects + olderVersions.changed.objects,
  "not-compared": ({ objects, olderVersions }) =>
    objects["not-compared"].objects + olderVersions["not-compared"].objects,
};

export async function diff(flags: DiffFlags, earlier: string, later: string): Promise<void> {
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
