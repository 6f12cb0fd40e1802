import { LIVE_KINDS, LIVE_WORDS } from "../../migrate/compare/compare-live.js";
import type { ComparedLine, LiveCheck, LiveKind } from "../../migrate/index.js";
import { countOf, formatCount, visibleText } from "../../migrate/model/text.js";
import { onStdout, print, printErrors } from "./terminal.js";

/** The most objects of each kind that are named. */
const NAMED = 20;
const COUNT_COLUMNS = 13;
/** The kinds that someone should look at. */
const NAMED_KINDS: readonly LiveKind[] = ["contradicts", "unread"];

export interface LivePrinter {
  /** Keeps the first few of each kind, to name them. */
  add(line: ComparedLine): void;
  print(check: LiveCheck): void;
}

/** Prints the result of a comparison with the bucket, for a person. */
export function livePrinter(): LivePrinter {
  const plain: ComparedLine[] = [];
  /** Unencrypted objects that are not named for another reason. */
  let plainCount = 0;
  /** Unread lines that were named. Lines of a location that cannot be seen are not. */
  const counts = new Map<LiveKind, number>();
  const named = new Map<LiveKind, ComparedLine[]>(NAMED_KINDS.map((kind) => [kind, []]));
  return {
    add(line) {
      counts.set(line.kind, (counts.get(line.kind) ?? 0) + 1);
      const kept = named.get(line.kind);
      if (kept !== undefined && kept.length < NAMED) kept.push(line);
      if (kept !== undefined || !line.unencrypted) return;
      plainCount += 1;
      if (plain.length < NAMED) plain.push(line);
    },
    print(check) {
      print(`${resultMark(check)}: ${lookedUp(check)} at ${visibleText(check.endpoint)}`);
      for (const kind of LIVE_KINDS) printCount(check.results[kind], LIVE_WORDS[kind]);
      if (check.unencrypted > 0) printCount(check.unencrypted, onStdout.red("not encrypted now, changed or not"));
      if (check.newObjects !== null)
        printCount(check.newObjects, "objects in the bucket that the report does not contain", true);
      printErrors(check.notSeen.map(({ bucket, prefix, detail }) => `s3://${bucket}/${prefix} is not seen: ${detail}`));
      for (const kind of NAMED_KINDS) printNamed(LIVE_NOTES[kind] ?? "", named.get(kind) ?? [], counts.get(kind) ?? 0);
      printNamed("not encrypted now: ", plain, plainCount);
    },
  };
}

function resultMark({ results, unencrypted, notSeen, end }: LiveCheck): string {
  if (results.contradicts > 0) return onStdout.red("contradicted");
  if (unencrypted > 0) return onStdout.red("not encrypted");
  if (notSeen.length > 0) return onStdout.yellow("not all seen");
  if (end === "complete" && comparedCount(results) === 0) return onStdout.yellow("nothing compared");
  if (results.unread > 0 || end === "interrupted") return onStdout.yellow("not all seen");
  return onStdout.green("not contradicted");
}

function lookedUp({ lines, sample, results }: LiveCheck): string {
  const words = `${formatCount(comparedCount(results))} of ${countOf(lines, "line")} looked up`;
  return sample === null ? words : `${words}, drawn by seed ${sample.seed},`;
}

/** The number of lines that were looked up in the bucket. */
export function comparedCount(results: LiveCheck["results"]): number {
  return Object.values(results).reduce((sum, count) => sum + count, 0);
}

function printCount(count: number, words: string, always = false): void {
  if (count > 0 || always) print(`${formatCount(count).padStart(COUNT_COLUMNS)}  ${words}`);
}

function printNamed(note: string, named: readonly ComparedLine[], count: number): void {
  printErrors(
    named.map(({ bucket, key, versionId, segment, line, detail }) => {
      const version = versionId === null ? "" : ` version ${versionId}`;
      return `s3://${bucket}/${key}${version} (${segment} line ${line}): ${note}${detail ?? "as the report says"}`;
    }),
  );
  if (count > named.length) printErrors([`${countOf(count - named.length, "more line")}: --json lists all of them`]);
}

const LIVE_NOTES: Readonly<Partial<Record<LiveKind, string>>> = {
  contradicts: "contradicts the report: ",
  unread: "could not be read: ",
};
