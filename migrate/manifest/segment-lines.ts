import { readLineBytes } from "../journal/read-journal.js";
import { leafHash } from "../merkle/hashes.js";

const CR = 0x0d;

export interface SegmentLines {
  /** Of each line, as one character a byte. */
  readonly hashes: readonly string[];
  /** Lines that do not end as a run ends them: with CR LF, or with nothing. They are hashed as if they did. */
  readonly otherEnds: number;
  /** Lines beyond the most that were asked for. */
  readonly more: number;
}

/** The lines of a segment that may have been changed in any way, by their hashes. */
export async function segmentLines(path: string, most: number): Promise<SegmentLines> {
  const hashes: string[] = [];
  let [otherEnds, more] = [0, 0];
  for await (const { bytes, ended } of readLineBytes(path)) {
    if (hashes.length >= most) {
      more += 1;
      continue;
    }
    // No line of a journal ends so by itself: JSON has its line breaks escaped.
    const hasCr = bytes.at(-1) === CR;
    if (hasCr || !ended) otherEnds += 1;
    hashes.push(leafHash(hasCr ? bytes.subarray(0, -1) : bytes).toString("latin1"));
  }
  return { hashes, otherEnds, more };
}
