import { openToChange } from "../manifest/folder-files.js";
import { listSegments } from "./segments.js";

const CHUNK_BYTES = 64 * 1024;

/**
 * Cuts what a killed run left of a line at the end of its last segment. Nobody was told that the line was written,
 * so nothing is lost: its object is taken up again. Returns the number of bytes cut.
 */
export async function cutTornLine(runDir: string): Promise<number> {
  const last = (await listSegments(runDir)).at(-1);
  if (last === undefined) return 0;
  await using file = await openToChange(last);
  const { size } = await file.stat();
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    end = newline === -1 ? start : start + newline + 1;
    if (newline !== -1) break;
  }
  if (end < size) await file.truncate(end);
  return size - end;
}
