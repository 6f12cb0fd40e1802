import { createReadStream } from "node:fs";

const LF = 0x0a;
const CHUNK_BYTES = 1024 * 1024;

export interface LineBytes {
  /** Without the LF. */
  readonly bytes: Buffer;
  /** False for what stands after the last LF. */
  readonly ended: boolean;
}

/** The lines of a file as they are, byte for byte, which text is not where it is no UTF-8. */
export async function* readLineBytes(path: string): AsyncGenerator<LineBytes> {
  let rest: Buffer[] = [];
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      const piece = chunk.subarray(from, end);
      yield { bytes: rest.length === 0 ? piece : Buffer.concat([...rest, piece]), ended: true };
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield { bytes: Buffer.concat(rest), ended: false };
}
