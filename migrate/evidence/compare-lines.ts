import { join } from "node:path";
import { z } from "zod";
import { readLineBytes } from "../journal/read-journal.js";
import { parseAs } from "../model/parse.js";
import type { Finding } from "./finding.js";
import { type LeafRange, readLeaves, segmentLines } from "./journal-tree.js";
import { type JournalTree, LEAVES_FILE } from "./manifest.js";

/**
 * The differences between lines before and now. Line numbers start at 1: `line` is the number now, `was` the
 * number before.
 */
export type LineChange =
  | { readonly kind: "edited"; readonly line: number; readonly was: number }
  | { readonly kind: "moved"; readonly line: number; readonly was: number }
  | { readonly kind: "removed"; readonly was: number; readonly to: number }
  | { readonly kind: "added"; readonly line: number; readonly to: number };

/** A line that also existed before: its index now and before, from 0. */
interface Match {
  readonly at: number;
  readonly was: number;
}

/**
 * A short list of changes that turns the lines before into the lines now, based on their hashes. Lines in the
 * same order on both sides stay. Other lines that existed before are moved. A new line in the place of a
 * removed one is an edit.
 */
export function compareLines(before: readonly string[], now: readonly string[]): readonly LineChange[] {
  const matches = matchLines(before, now);
  const staying = longestRise(matches.map(({ was }) => was)).flatMap((index) => matches[index] ?? []);
  const stays = new Set(staying.map(({ at }) => at));
  const moved = matches.filter(({ at }) => !stays.has(at));
  const changes: LineChange[] = moved.map(({ at, was }) => ({ kind: "moved", line: at + 1, was: was + 1 }));
  const knownBefore = new Set(matches.map(({ was }) => was));
  const knownNow = new Set(matches.map(({ at }) => at));
  let last: Match = { at: -1, was: -1 };
  for (const next of [...staying, { at: now.length, was: before.length }]) {
    const gone = numbersBetween(last.was, next.was).filter((index) => !knownBefore.has(index));
    const come = numbersBetween(last.at, next.at).filter((index) => !knownNow.has(index));
    changes.push(...changesOfGap(gone, come));
    last = next;
  }
  return changes.sort((left, right) => placeOf(left) - placeOf(right));
}

/** Matches each line now with the first unmatched line before that has the same hash. */
function matchLines(before: readonly string[], now: readonly string[]): readonly Match[] {
  const places = new Map<string, number[]>();
  for (let index = before.length - 1; index >= 0; index -= 1) {
    const hash = before[index] ?? "";
    const found = places.get(hash);
    if (found === undefined) places.set(hash, [index]);
    else found.push(index);
  }
  return now.flatMap((hash, at) => {
    const was = places.get(hash)?.pop();
    return was === undefined ? [] : [{ at, was }];
  });
}

/** Turns the removed and the new lines between two staying lines into changes. */
function changesOfGap(gone: readonly number[], come: readonly number[]): LineChange[] {
  const pairs = Math.min(gone.length, come.length);
  const edited = gone.slice(0, pairs).map((was, index): LineChange => {
    return { kind: "edited", line: (come[index] ?? 0) + 1, was: was + 1 };
  });
  const removed = rangesOf(gone.slice(pairs)).map(([from, to]): LineChange => ({ kind: "removed", was: from, to }));
  const added = rangesOf(come.slice(pairs)).map(([from, to]): LineChange => ({ kind: "added", line: from, to }));
  return [...edited, ...removed, ...added];
}

/** Converts rising numbers from 0 to ranges from 1. */
function rangesOf(numbers: readonly number[]): readonly (readonly [from: number, to: number])[] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number) last[1] = number + 1;
    else ranges.push([number + 1, number + 1]);
  }
  return ranges;
}

function numbersBetween(after: number, before: number): number[] {
  return Array.from({ length: before - after - 1 }, (_, index) => after + 1 + index);
}

function placeOf(change: LineChange): number {
  return change.kind === "removed" ? change.was : change.line;
}

/** The indexes of the longest increasing subsequence of distinct numbers, by patience sorting: O(n log n). */
function longestRise(numbers: readonly number[]): readonly number[] {
  /** Per length, the index of the smallest number that ends an increasing subsequence of that length. */
  const ends: number[] = [];
  const before = new Int32Array(numbers.length).fill(-1);
  for (const [index, number] of numbers.entries()) {
    const length = firstNotBelow(ends, numbers, number);
    before[index] = length === 0 ? -1 : (ends[length - 1] ?? -1);
    ends[length] = index;
  }
  const rise: number[] = [];
  for (let index = ends.at(-1) ?? -1; index !== -1; index = before[index] ?? -1) rise.push(index);
  return rise.reverse();
}

function firstNotBelow(ends: readonly number[], numbers: readonly number[], number: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[ends[middle] ?? 0] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

const objectSchema = z.object({ bucket: z.string(), key: z.string() });

/** The object of a line as `s3://BUCKET/KEY`; `null` if the line is unreadable or is not about an object. */
export function objectOfLine(line: Buffer): string | null {
  const parsed = parseAs(objectSchema, line.toString("utf8"));
  return parsed.ok ? `s3://${parsed.value.bucket}/${parsed.value.key}` : null;
}

const MAX_FINDINGS = 100;
/**
 * If somebody appended endless lines to a segment, at most this many lines beyond its original number are
 * compared.
 */
const MAX_ADDED = 100_000;

/** Names the changed lines of these segments, by their hashes in journal.leaves. */
export async function checkLines(runDir: string, tree: JournalTree, changed: ReadonlySet<string>): Promise<Finding[]> {
  const findings: Finding[] = [];
  let first = 0;
  for (const { path, lines } of tree.segments) {
    if (changed.has(path)) findings.push(...(await checkSegment(runDir, path, { first, lines })));
    first += lines;
  }
  return findings;
}

async function checkSegment(runDir: string, path: string, range: LeafRange): Promise<Finding[]> {
  const before = await readLeaves(join(runDir, LEAVES_FILE), range);
  const { hashes, otherEnds, more } = await segmentLines(join(runDir, path), before.length + MAX_ADDED);
  const changes = compareLines(before, hashes);
  const named = changes.slice(0, MAX_FINDINGS);
  const objects = await objectsAt(join(runDir, path), new Set(named.flatMap((change) => lineNow(change) ?? [])));
  const untold = changes.length - named.length + more;
  return [
    ...named.map((change) => findingOf(path, change, objects)),
    ...(otherEnds > 0 ? [{ kind: "line-ends-changed", path, count: otherEnds } as const] : []),
    ...(untold > 0 ? [{ kind: "more-lines", path, count: untold } as const] : []),
  ];
}

async function objectsAt(file: string, lines: ReadonlySet<number>): Promise<ReadonlyMap<number, string | null>> {
  const objects = new Map<number, string | null>();
  if (lines.size === 0) return objects;
  const last = Math.max(...lines);
  let line = 0;
  for await (const { bytes } of readLineBytes(file)) {
    line += 1;
    if (lines.has(line)) objects.set(line, objectOfLine(bytes));
    if (line === last) break;
  }
  return objects;
}

function lineNow(change: LineChange): number | undefined {
  return change.kind === "removed" ? undefined : change.line;
}

function findingOf(path: string, change: LineChange, objects: ReadonlyMap<number, string | null>): Finding {
  if (change.kind === "removed") return { kind: "lines-removed", path, line: change.was, to: change.to };
  const object = objects.get(change.line) ?? null;
  if (change.kind === "added") return { kind: "lines-added", path, line: change.line, to: change.to, object };
  return { kind: `line-${change.kind}`, path, line: change.line, was: change.was, object };
}
