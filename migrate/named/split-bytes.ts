export interface Piece {
  readonly bytes: Buffer;
  /** There was more than the limit, which is left out. */
  readonly isCut: boolean;
  /** From 1. */
  readonly number: number;
}

/** What stands between separators, however long; it holds no more than the limit of each. What follows the last separator counts if there is any. */
export async function* splitBytes(
  source: AsyncIterable<Buffer>,
  separator: number,
  maxBytes: number,
): AsyncGenerator<Piece> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let number = 1;
  const hold = (bytes: Buffer) => {
    if (heldBytes <= maxBytes) held.push(bytes.subarray(0, maxBytes + 1 - heldBytes));
    heldBytes += bytes.length;
  };
  const take = (): Piece => {
    const piece = { bytes: Buffer.concat(held).subarray(0, maxBytes), isCut: heldBytes > maxBytes, number };
    held = [];
    heldBytes = 0;
    number += 1;
    return piece;
  };
  for await (const chunk of source) {
    let from = 0;
    for (let end = chunk.indexOf(separator); end !== -1; end = chunk.indexOf(separator, from)) {
      hold(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  if (heldBytes > 0) yield take();
}
