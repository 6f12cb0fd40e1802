import { LIVE_KINDS, LIVE_WORDS } from "../../migrate/compare/compare-live.js";
import type { ComparedLine, LiveCheck, LiveKind } from "../../migrate/index.js";
import { countOf, formatCount, visibleText } from "../../migrate/model/text.js";
import { onStdout, print, printErrors } from "./terminal.js";

/** How many of each kind are named. */
const NAMED = 20;
const COUNT_COLUMNS = 13;
/** What someone should look at. */
const TOLD: readonly LiveKind[] = ["contradicts", "unread"];

export interface LivePrinter {
  /** Keeps what will be named, up to a number. */
  add(line: ComparedLine): void;
  print(check: LiveCheck): void;
}

/** What came of a comparison with the bucket, for a person. */
export function livePrinter(): LivePrinter {
  const plain: ComparedLine[] = [];
  /** Of those that are not named for another reason. */
  let plainCount = 0;
  /** Of the lines that were told of, which those of locations that cannot be seen are not. */
  const counts = new Map<LiveKind, number>();
  const named = new Map<LiveKind, ComparedLine[]>(TOLD.map((kind) => [kind, []]));
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
      print(`${markOf(check)}: ${lookedUp(check)} at ${visibleText(check.endpoint)}`);
      for (const kind of LIVE_KINDS) printCount(check.results[kind], LIVE_WORDS[kind]);
      if (check.unencrypted > 0) printCount(check.unencrypted, onStdout.red("not encrypted now, whatever their dates"));
      if (check.newObjects !== null)
        printCount(check.newObjects, "objects there that the report does not know of", true);
      printErrors(check.notSeen.map(({ bucket, prefix, detail }) => `s3://${bucket}/${prefix} is not seen: ${detail}`));
      for (const kind of TOLD) printNamed(LIVE_NOTES[kind] ?? "", named.get(kind) ?? [], counts.get(kind) ?? 0);
      printNamed("not encrypted now: ", plain, plainCount);
    },
  };
}

function markOf({ results, unencrypted, notSeen, end }: LiveCheck): string {
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

/** Lines of the report that were looked up. */
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
  if (count > named.length) printErrors([`${countOf(count - named.length, "more line")}: --json names all of them`]);
}

const LIVE_NOTES: Readonly<Partial<Record<LiveKind, string>>> = {
  contradicts: "contradicts the report: ",
  unread: "could not be read: ",
};
