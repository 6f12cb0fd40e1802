import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareLines, type LineChange } from "../../../migrate/evidence/compare-lines.js";

const lines = (text: string) => [...text];

describe("compareLines", () => {
  it.each<[string, string, string, LineChange[]]>([
    ["nothing", "abc", "abc", []],
    ["an edit", "abc", "aXc", [{ kind: "edited", line: 2, was: 2 }]],
    ["a removal at the beginning", "abc", "bc", [{ kind: "removed", was: 1, to: 1 }]],
    ["removals in a row", "abcdef", "af", [{ kind: "removed", was: 2, to: 5 }]],
    [
      "a removal and an edit after it",
      "abcde",
      "acXe",
      [
        { kind: "removed", was: 2, to: 2 },
        { kind: "edited", line: 3, was: 4 },
      ],
    ],
    ["additions at the end", "abc", "abcXY", [{ kind: "added", line: 4, to: 5 }]],
    ["a line that is there twice", "abc", "abca", [{ kind: "added", line: 4, to: 4 }]],
    ["two neighbours swapped", "abcd", "acbd", [{ kind: "moved", line: 2, was: 3 }]],
    ["a line taken from the end to the beginning", "abcd", "dabc", [{ kind: "moved", line: 1, was: 4 }]],
    ["an emptied segment", "ab", "", [{ kind: "removed", was: 1, to: 2 }]],
    ["a filled one", "", "ab", [{ kind: "added", line: 1, to: 2 }]],
  ])("reports %s", (_, before, now, changes) => {
    expect(compareLines(lines(before), lines(now))).toEqual(changes);
  });

  it("returns changes that turn the old lines into the new ones", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f"), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, now) => {
        expect(retold(before, now, compareLines(before, now))).toEqual(now);
      }),
      { numRuns: 2000 },
    );
  });

  it("reports each changed line on its own among thousands", () => {
    const before = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
    const now = before.with(4000, "edited").toSpliced(3000, 2).toSpliced(100, 0, "new");
    expect(compareLines(before, now)).toEqual([
      { kind: "added", line: 101, to: 101 },
      { kind: "removed", was: 3001, to: 3002 },
      { kind: "edited", line: 4000, was: 4001 },
    ]);
  });
});

/** What stays keeps its order; edits, moves and additions are put at their numbers. */
function retold(before: readonly string[], now: readonly string[], changes: readonly LineChange[]): readonly string[] {
  const gone = new Set(changes.flatMap(goneBy));
  const placed = new Map(changes.flatMap((change) => placedBy(change, before, now)));
  const staying = before.filter((_, index) => !gone.has(index + 1));
  const length = staying.length + placed.size;
  return Array.from({ length }, (_, index) => placed.get(index + 1) ?? staying.shift() ?? "none left");
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

function goneBy(change: LineChange): number[] {
  if (change.kind === "added") return [];
  return change.kind === "removed" ? range(change.was, change.to) : [change.was];
}

function placedBy(change: LineChange, before: readonly string[], now: readonly string[]): [number, string][] {
  if (change.kind === "removed") return [];
  if (change.kind === "moved") return [[change.line, before[change.was - 1] ?? ""]];
  const lines = change.kind === "added" ? range(change.line, change.to) : [change.line];
  return lines.map((line) => [line, now[line - 1] ?? ""]);
}
