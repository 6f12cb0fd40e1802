import { createHash } from "node:crypto";
import { basename } from "node:path";
import { parseAs } from "../model/parse.js";
import { countOf } from "../model/text.js";
import { readLineBytes } from "./read-journal.js";
import { listSegments, type SegmentEnd, type SegmentRecord, segmentNumber, segmentRecordSchema } from "./segments.js";

/** A break in the chain of a journal's segments. */
export interface ChainBreak {
  /** The name of the segment, for example 000001.ndjson. */
  readonly segment: string;
  readonly problem: string;
}

export interface Chain {
  /** The facts of the last segment that contains a line; `null` if there is none. */
  readonly end: SegmentEnd | null;
  readonly breaks: readonly ChainBreak[];
}

interface Segment {
  readonly name: string;
  readonly end: SegmentEnd;
  /** Its first line, if it is complete. */
  readonly head: Buffer | null;
}

/** Reads every segment and compares each with the next one's record of it. */
export async function readChain(runDir: string): Promise<Chain> {
  const breaks: ChainBreak[] = [];
  let before: Segment | null = null;
  for (const path of await listSegments(runDir)) {
    const segment = await readSegment(path);
    // A kill may have left it before its first line was complete.
    if (segment.head === null) continue;
    breaks.push(...breaksBetween(before, segment, segment.head));
    before = segment;
  }
  return { end: before?.end ?? null, breaks };
}

async function readSegment(path: string): Promise<Segment> {
  const hash = createHash("sha256");
  let [head, lines, bytes]: [Buffer | null, number, number] = [null, 0, 0];
  for await (const line of readLineBytes(path)) {
    hash.update(line.bytes);
    bytes += line.bytes.length;
    if (!line.ended) continue;
    hash.update("\n");
    bytes += 1;
    lines += 1;
    head ??= Buffer.from(line.bytes);
  }
  const end = { number: segmentNumber(path), lines, bytes, sha256: hash.digest("hex") };
  return { name: basename(path), end, head };
}

function breaksBetween(before: Segment | null, { name, end }: Segment, head: Buffer): ChainBreak[] {
  const parsed = parseAs(segmentRecordSchema, head.toString("utf8"));
  if (!parsed.ok) return [{ segment: name, problem: `line 1 is not the header of a segment: ${parsed.problem}` }];
  const { number, previous } = parsed.value;
  return [
    ...(number === end.number ? [] : [{ segment: name, problem: `line 1 says that it is segment ${number}` }]),
    ...linkBreaks(before, name, previous),
  ];
}

function linkBreaks(before: Segment | null, name: string, said: SegmentRecord["previous"]): ChainBreak[] {
  if (before === null) {
    const problem = `line 1 says that segment ${said?.number} came before it, but that segment is missing`;
    return said === null ? [] : [{ segment: name, problem }];
  }
  if (said === null) return [{ segment: name, problem: "line 1 says that it is the first segment, but it is not" }];
  const { number, lines, bytes, sha256 } = before.end;
  if (number !== said.number) {
    const problem = `line 1 says that segment ${said.number} came before it, but segment ${number} did`;
    return [{ segment: name, problem }];
  }
  if (lines === said.lines && bytes === said.bytes && sha256 === said.sha256) return [];
  const then = `${countOf(said.lines, "line")} in ${countOf(said.bytes, "byte")}, SHA-256 ${said.sha256}`;
  const now = `${countOf(lines, "line")} in ${countOf(bytes, "byte")}, SHA-256 ${sha256}`;
  return [{ segment: before.name, problem: `${name} says that it contained ${then}; it contains ${now}` }];
}
