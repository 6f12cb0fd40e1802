import { type FileHandle, open } from "node:fs/promises";
import { groupCommit } from "./group-commit.js";
import type { JournalRecord } from "./record.js";
import { nextSegment } from "./segments.js";

const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;

export interface JournalWriter {
  /** Resolves once the line is on the disk. Lines that wait together share one fsync. */
  append(record: JournalRecord): Promise<void>;
  close(): Promise<void>;
}

/** Opens a new segment after those that exist, and begins another whenever one is full. */
export async function openJournal(runDir: string, maxSegmentBytes: number = MAX_SEGMENT_BYTES): Promise<JournalWriter> {
  let segment = await openSegment(runDir);
  let segmentBytes = 0;
  const lines = groupCommit(async (batch) => {
    if (segmentBytes > maxSegmentBytes) {
      await segment.close();
      segment = await openSegment(runDir);
      segmentBytes = 0;
    }
    await segment.appendFile(batch);
    await segment.datasync();
    segmentBytes += batch.byteLength;
  });
  return {
    append: (record) => lines.append(`${JSON.stringify(record)}\n`),
    async close() {
      try {
        await lines.settled();
      } finally {
        await segment.close();
      }
    },
  };
}

async function openSegment(runDir: string): Promise<FileHandle> {
  return open(await nextSegment(runDir), "ax");
}
