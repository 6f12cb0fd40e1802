import { CHANGE_WORDS, CHANGES } from "../../migrate/compare/compare-key.js";
import {
  type Difference,
  type DiffResult,
  type DiffTotals,
  diffRuns,
  type Tally,
  UsageError,
} from "../../migrate/index.js";
import { STATE_WORDS } from "../../migrate/model/encryption.js";
import { countOf, formatBytes, formatCount, formatInstant, visibleText } from "../../migrate/model/text.js";
import { choiceProblems } from "../../migrate/options/declaration.js";
import { DIFF_FAIL_ON, type DiffFailOn, type DiffFlags } from "../declarations/run-folders.js";
import { EXIT } from "../exit-codes.js";
import { drained, note, onStderr, onStdout, print, printJson, warn } from "../print/terminal.js";
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
  const problems = choiceProblems("--fail-on", failOn, DIFF_FAIL_ON);
  if (problems.length > 0) throw new UsageError(problems);
  for (const runDir of [earlier, later]) await refuseOtherFolder(runDir);
  const publicKeys = await publicKeysIn(publicKey);
  const printer = diffPrinter();
  const result = await diffRuns(earlier, later, { onDifference: json ? printLine : printer.add, publicKeys });
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

/** The conditions that hold. */
function differencesFound(totals: DiffTotals, failOn: readonly DiffFailOn[]): readonly DiffFailOn[] {
  return [...new Set(failOn)].filter((name) => CONDITIONS[name](totals) > 0);
}

/** The most objects of each kind that are named. */
const NAMED = 20;
const LABEL_COLUMNS = 44;

export interface DiffPrinter {
  /** Keeps the first few of each kind, to name them. */
  add(difference: Difference): void;
  print(result: DiffResult): void;
}

/** Prints the differences between two runs for a person: the figures, then the objects that someone should look at. */
export function diffPrinter(): DiffPrinter {
  const regressed: Difference[] = [];
  const newInPlaintext: Difference[] = [];
  const keep = (list: Difference[], difference: Difference) => {
    if (list.length < NAMED) list.push(difference);
  };
  return {
    add(difference) {
      if (difference.change === "regressed") keep(regressed, difference);
      if (difference.change === "new" && difference.later?.state === "none") keep(newInPlaintext, difference);
    },
    print({ earlier, later, signedBy, totals, compared }) {
      for (const [label, run] of [["earlier", earlier] as const, ["later", later] as const]) {
        const ended = run.endedAt === null ? "not ended" : formatInstant(run.endedAt);
        print(visibleText(`${label.padEnd(9)}${run.runDir} (${run.command}, ${ended})`));
      }
      for (const keyid of signedBy) print(`both signed by sha256 ${keyid}`);
      if (signedBy.length === 0)
        print("no signature was checked: anyone with write access to a folder could have rewritten all of it");
      if ((earlier.startedAt ?? "") > (later.startedAt ?? "")) warn("the earlier run began after the later one");
      print();
      if (compared === 0)
        print(`${onStdout.bold(onStdout.yellow("Nothing compared:"))} no object is in the scope of both runs`);
      printTotals(totals);
      const { objects, olderVersions, newUnencrypted } = totals;
      printNames("regressed", regressed, objects.regressed.objects + olderVersions.regressed.objects);
      const newOnes = newUnencrypted.objects.objects + newUnencrypted.olderVersions.objects;
      printNames("new and not encrypted", newInPlaintext, newOnes);
    },
  };
}

function printTotals({ objects, olderVersions, newUnencrypted }: DiffTotals): void {
  const hasOlder = Object.values(olderVersions).some((tally) => tally.objects > 0);
  const row = (label: string, tally: Tally, older: Tally) => {
    const ofOlder = hasOlder ? formatCount(older.objects).padStart(16) : "";
    print(
      `  ${label.padEnd(LABEL_COLUMNS)}${formatCount(tally.objects).padStart(11)}${formatBytes(tally.bytes).padStart(12)}${ofOlder}`,
    );
  };
  print(
    onStdout.dim(
      `  ${"".padEnd(LABEL_COLUMNS)}${"objects".padStart(11)}${"size".padStart(12)}${hasOlder ? "noncurrent".padStart(16) : ""}`,
    ),
  );
  for (const change of CHANGES) {
    row(CHANGE_WORDS[change], objects[change], olderVersions[change]);
    if (change === "new") row("  of these not encrypted", newUnencrypted.objects, newUnencrypted.olderVersions);
  }
}

function printNames(words: string, named: readonly Difference[], count: number): void {
  if (count === 0) return;
  print();
  print(onStdout.yellow(`${words}:`));
  for (const { bucket, key, versionId, earlier, later } of named) {
    const version = versionId === null ? "" : ` version ${versionId}`;
    const states = [earlier, later].flatMap((seen) => (seen === null ? [] : [STATE_WORDS[seen.state]]));
    print(`  ${visibleText(`s3://${bucket}/${key}${version}`)}: ${states.join(", then ")}`);
  }
  if (count > named.length) print(`  and ${countOf(count - named.length, "more", "more")}: --json lists all of them`);
}
