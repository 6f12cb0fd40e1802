import { createHash } from "node:crypto";
import { createFile, writing } from "../manifest/folder-files.js";
import { JOURNAL_SCHEMA, type SegmentEnd, type SegmentRecord } from "./segment-record.js";
import { nextSegment, segmentNumber } from "./segments.js";

const LF = 0x0a;

export interface SegmentWriter {
  /** Whole lines. Resolves once they are on the disk. */
  append(lines: Buffer): Promise<void>;
  bytes(): number;
  /** What the next segment will say of this one. */
  end(): SegmentEnd;
  close(): Promise<void>;
}

/** Opens a new segment after those that exist. Its first line goes to the disk together with the first that is appended. */
export async function beginSegment(runDir: string, previous: SegmentEnd | null, now: Date): Promise<SegmentWriter> {
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
