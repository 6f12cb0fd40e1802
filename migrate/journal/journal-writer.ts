import { groupCommit } from "./group-commit.js";
import { readChain } from "./read-chain.js";
import type { JournalRecord } from "./record.js";
import { beginSegment, type SegmentWriter } from "./segment-writer.js";

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
