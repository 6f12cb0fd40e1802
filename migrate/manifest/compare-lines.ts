import { longestRise } from "./longest-rise.js";

/** How lines differ from what they were. Numbers of lines are from 1: `line` where it is now, `was` where it was then. */
export type LineChange =
  | { readonly kind: "edited"; readonly line: number; readonly was: number }
  | { readonly kind: "moved"; readonly line: number; readonly was: number }
  | { readonly kind: "removed"; readonly was: number; readonly to: number }
  | { readonly kind: "added"; readonly line: number; readonly to: number };

/** A line that is one of those that were there: its number now and then, from 0. */
interface Match {
  readonly at: number;
  readonly was: number;
}

/**
 * A short story that makes the lines that were those that are, told by their hashes: what is in the same order on both sides
 * stays; of the rest, what was there is moved, and what stands in the place of something is an edit of it.
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

/** Each line of now with the first of the same hash that has none yet. */
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

/** What was there and what is there now between two lines that stay. */
function changesOfGap(gone: readonly number[], come: readonly number[]): LineChange[] {
  const pairs = Math.min(gone.length, come.length);
  const edited = gone.slice(0, pairs).map((was, index): LineChange => {
    return { kind: "edited", line: (come[index] ?? 0) + 1, was: was + 1 };
  });
  const removed = rangesOf(gone.slice(pairs)).map(([from, to]): LineChange => ({ kind: "removed", was: from, to }));
  const added = rangesOf(come.slice(pairs)).map(([from, to]): LineChange => ({ kind: "added", line: from, to }));
  return [...edited, ...removed, ...added];
}

/** Numbers from 0 in rising order as ranges from 1. */
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
