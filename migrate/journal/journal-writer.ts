import { createHash } from "node:crypto";
import { createFile, writing } from "./folder-files.js";
import type { JournalRecord } from "./record.js";
import { readChain } from "./segment-chain.js";
import { JOURNAL_SCHEMA, nextSegment, type SegmentEnd, type SegmentRecord, segmentNumber } from "./segments.js";

const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;

export interface JournalWriter {
  /** Resolves once the line is on disk. Lines that wait together share one fsync. */
  append(record: JournalRecord): Promise<void>;
  close(): Promise<void>;
}

/** Writes to a new segment after the existing ones, and starts another whenever one is full. */
export async function openJournal(runDir: string, maxSegmentBytes: number = MAX_SEGMENT_BYTES): Promise<JournalWriter> {
  let { end } = await readChain(runDir);
  let segment: SegmentWriter | null = null;
  const lines = groupCommit(async (batch, count) => {
    if (segment !== null && segment.bytes() > maxSegmentBytes) {
      end = segment.end();
      await segment.close();
      segment = null;
    }
    segment ??= await beginSegment(runDir, end, new Date());
    await segment.append(batch, count);
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

interface SegmentWriter {
  /** Appends whole lines. Resolves once they are on disk. */
  append(lines: Buffer, count: number): Promise<void>;
  bytes(): number;
  /** The facts about this segment that the next one records. */
  end(): SegmentEnd;
  close(): Promise<void>;
}

/**
 * Opens a new segment after the existing ones. Its first line is synced together with the first appended
 * line.
 */
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
    async append(appended, count) {
      const batch = head.length === 0 ? appended : Buffer.concat([head, appended]);
      await writing(path, async () => {
        await file.appendFile(batch);
        await file.datasync();
      });
      lines += head.length === 0 ? count : count + 1;
      head = Buffer.alloc(0);
      hash.update(batch);
      bytes += batch.byteLength;
    },
    bytes: () => bytes,
    end: () => ({ number, lines, bytes, sha256: hash.copy().digest("hex") }),
    close: () => file.close(),
  };
}

interface GroupCommit {
  /** Resolves once `write` has written the line. Lines that wait together are written together. */
  append(line: string): Promise<void>;
  /** Resolves once everything appended so far is written. Rejects if the last write failed. */
  settled(): Promise<void>;
}

/** A write with its fsync costs as much CPU time as many lines, so it waits for more lines to share it. */
const WAIT_MS = 3;
/** If the wait brings fewer lines, they come one after the other, and so many writes do not wait. */
const [WORTH_LINES, WRITES_AT_ONCE] = [4, 100];

/**
 * Collects the lines that arrive during a write, and for a moment before it if they come thick and fast, into
 * one write, and so one fsync. Writes never overlap.
 */
export function groupCommit(write: (batch: Buffer, lines: number) => Promise<void>): GroupCommit {
  let waiting: string[] = [];
  let flushing: Promise<void> | null = null;
  let last: Promise<void> = Promise.resolve();
  let atOnce = 0;

  const flush = async () => {
    // Lines that arrive in the same turn of the event loop still join the batch.
    await (atOnce === 0 ? new Promise((resolve) => setTimeout(resolve, WAIT_MS)) : undefined);
    if (atOnce > 0) atOnce -= 1;
    else if (waiting.length < WORTH_LINES) atOnce = WRITES_AT_ONCE;
    const lines = waiting;
    waiting = [];
    flushing = null;
    await write(Buffer.from(lines.join("")), lines.length);
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
