import { createHash } from "node:crypto";
import { createFile, writing } from "./folder-files.js";
import type { JournalRecord } from "./record.js";
import { readChain } from "./segment-chain.js";
import { JOURNAL_SCHEMA, nextSegment, type SegmentEnd, type SegmentRecord, segmentNumber } from "./segments.js";

const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;

export interface JournalWriter {
  /** Resolves once the line is on the disk. Lines that wait together share one fsync. */
  append(record: JournalRecord): Promise<void>;
  close(): Promise<void>;
}

/** Writes to a new segment after those that exist, and begins another whenever one is full. */
export async function openJournal(runDir: string, maxSegmentBytes: number = MAX_SEGMENT_BYTES): Promise<JournalWriter> {
  let { end } = await readChain(runDir);
  let segment: SegmentWriter | null = null;
  const lines = groupCommit(async (batch) => {
    if (segment !== null && segment.bytes() > maxSegmentBytes) {
      end = segment.end();
      await segment.close();
      segment = null;
    }
    segment ??= await beginSegment(runDir, end, new Date());
    await segment.append(batch);
  });
  return {
    append: (record) => lines.append(`${JSON.stringify(record)}\n`),
    async close() {
      try {
        await lines.settled();
      } finally {
        await segment?.close();
      }
    },
  };
}

const LF = 0x0a;

interface SegmentWriter {
  /** Whole lines. Resolves once they are on the disk. */
  append(lines: Buffer): Promise<void>;
  bytes(): number;
  /** What the next segment will say of this one. */
  end(): SegmentEnd;
  close(): Promise<void>;
}

/** Opens a new segment after those that exist. Its first line goes to the disk together with the first that is appended. */
async function beginSegment(runDir: string, previous: SegmentEnd | null, now: Date): Promise<SegmentWriter> {
  const path = await nextSegment(runDir);
  const number = segmentNumber(path);
  const first: SegmentRecord = {
    kind: "segment",
    schema: JOURNAL_SCHEMA,
    number,
    previous,
    at: now.toISOString(),
  };
  const file = await createFile(path);
  const hash = createHash("sha256");
  let head = Buffer.from(`${JSON.stringify(first)}\n`);
  let lines = 0;
  let bytes = 0;
  return {
    async append(appended) {
      const batch = head.length === 0 ? appended : Buffer.concat([head, appended]);
      await writing(path, async () => {
        await file.appendFile(batch);
        await file.datasync();
      });
      head = Buffer.alloc(0);
      hash.update(batch);
      lines += linesIn(batch);
      bytes += batch.byteLength;
    },
    bytes: () => bytes,
    end: () => ({ number, lines, bytes, sha256: hash.copy().digest("hex") }),
    close: () => file.close(),
  };
}

function linesIn(batch: Buffer): number {
  let lines = 0;
  for (let at = batch.indexOf(LF); at !== -1; at = batch.indexOf(LF, at + 1)) lines += 1;
  return lines;
}

interface GroupCommit {
  /** Resolves once the line is where `write` puts it. Lines that wait together are written together. */
  append(line: string): Promise<void>;
  /** Resolves once everything appended until now is written; rejects as the last write did. */
  settled(): Promise<void>;
}

/** One write, and so one fsync, for all lines that come while another is under way. Writes never overlap. */
export function groupCommit(write: (batch: Buffer) => Promise<void>): GroupCommit {
  let waiting: string[] = [];
  let flushing: Promise<void> | null = null;
  let last: Promise<void> = Promise.resolve();

  const flush = async () => {
    // Whoever comes in the same turn of the event loop still gets in.
    await Promise.resolve();
    const batch = Buffer.from(waiting.join(""));
    waiting = [];
    flushing = null;
    await write(batch);
  };

  return {
    append(line) {
      waiting.push(line);
      if (flushing === null) {
        flushing = last.then(flush);
        last = flushing;
      }
      return flushing;
    },
    settled: () => last,
  };
}
