import { join } from "node:path";
import { readLineBytes } from "../journal/read-journal.js";
import { compareLines, type LineChange } from "./compare-lines.js";
import type { Finding } from "./finding.js";
import { type JournalTree, LEAVES_FILE } from "./manifest.js";
import { objectOfLine } from "./object-of-line.js";
import { type LeafRange, readLeaves } from "./read-leaves.js";
import { segmentLines } from "./segment-lines.js";

const MOST_FINDINGS = 100;
/** Of a segment that somebody let grow without end, no more lines are compared than so many beyond what it held. */
const MOST_ADDED = 100_000;

/** Names the lines of these segments that are not what they were, by their hashes in journal.leaves. */
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
  const { hashes, otherEnds, more } = await segmentLines(join(runDir, path), before.length + MOST_ADDED);
  const changes = compareLines(before, hashes);
  const named = changes.slice(0, MOST_FINDINGS);
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
