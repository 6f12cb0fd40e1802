import { readChunks } from "../manifest/folder-files.js";

const LF = 0x0a;
/** No run writes a longer line. */
export const MAX_LINE_BYTES = 1024 * 1024;

export interface LineBytes {
  /** Without the LF; of a line that is too long, its beginning. */
  readonly bytes: Buffer;
  /** False for what stands after the last LF. */
  readonly ended: boolean;
  /** How many bytes the line holds, where that is more than a line may; `null` otherwise. */
  readonly tooLong: number | null;
}

/** The lines of a file as they are, byte for byte, which text is not where it is no UTF-8. Holds no more of one than a line may have. */
export async function* readLineBytes(path: string, maxBytes = MAX_LINE_BYTES): AsyncGenerator<LineBytes> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  const add = (piece: Buffer) => {
    if (piece.length > 0 && restBytes <= maxBytes) rest.push(piece);
    restBytes += piece.length;
  };
  const take = (ended: boolean): LineBytes => {
    const [only] = rest;
    const whole = rest.length === 1 && only !== undefined ? only : Buffer.concat(rest);
    const line =
      restBytes > maxBytes
        ? { bytes: whole.subarray(0, maxBytes), ended, tooLong: restBytes }
        : { bytes: whole, ended, tooLong: null };
    [rest, restBytes] = [[], 0];
    return line;
  };
  for await (const chunk of readChunks(path)) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      add(chunk.subarray(from, end));
      yield take(true);
      from = end + 1;
    }
    add(chunk.subarray(from));
  }
  if (restBytes > 0) yield take(false);
}

/** What is wrong with a line that is too long, in words. */
export function tooLongWords(bytes: number): string {
  return `it holds ${bytes} bytes, and no line of a journal has more than ${MAX_LINE_BYTES} (1 MiB)`;
}
