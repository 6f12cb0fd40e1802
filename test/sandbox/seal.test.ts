import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openChunks, sealChunks, sealedBytes } from "../../sandbox/storage/seal.js";

const SEGMENT = 64 * 1024;

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) {
    all.push(chunk);
  }
  return Buffer.concat(all);
}

async function* inChunks(bytes: Buffer, size: number): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

function open(sealed: Buffer, dataKey: Buffer, plainBytes: number, start = 0, end = plainBytes): Promise<Buffer> {
  const read = (from: number, to: number) => inChunks(sealed.subarray(from, to), 10_007);
  return collect(openChunks(read, { plainBytes, start, end, dataKey }));
}

test("openChunks returns any range of sealed bytes, for sizes around the segment size", async () => {
  const size = fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.constantFrom(SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT + 5),
  );
  await fc.assert(
    fc.asyncProperty(size, fc.nat(), fc.nat(), fc.integer({ min: 500, max: 200_000 }), async (bytes, a, b, chunk) => {
      const plain = randomBytes(bytes);
      const dataKey = randomBytes(32);
      const sealed = await collect(sealChunks(inChunks(plain, chunk), dataKey));
      const [start = 0, end = 0] = [a % (bytes + 1), b % (bytes + 1)].sort((left, right) => left - right);
      expect(sealed.length).toBe(sealedBytes(bytes));
      expect(plain.equals(await open(sealed, dataKey, bytes))).toBe(true);
      expect(plain.subarray(start, end).equals(await open(sealed, dataKey, bytes, start, end))).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("openChunks rejects a changed byte, another key, swapped segments, and a missing end", async () => {
  const plain = Buffer.alloc(2 * SEGMENT, "p");
  const dataKey = randomBytes(32);
  const sealed = await collect(sealChunks(inChunks(plain, SEGMENT), dataKey));
  const half = SEGMENT + 16;
  const changed = Buffer.from(sealed);
  changed[half + 3] = (changed[half + 3] ?? 0) ^ 1;
  const swapped = Buffer.concat([sealed.subarray(half), sealed.subarray(0, half)]);
  await expect(open(changed, dataKey, plain.length)).rejects.toThrow();
  await expect(open(sealed, randomBytes(32), plain.length)).rejects.toThrow();
  await expect(open(swapped, dataKey, plain.length)).rejects.toThrow();
  await expect(open(sealed.subarray(0, half), dataKey, SEGMENT)).rejects.toThrow();
});

test("sealChunks leaves no plaintext in its output", async () => {
  const plain = Buffer.from("a sentence that can be searched for");
  const sealed = await collect(sealChunks(inChunks(plain, 100), randomBytes(32)));
  expect(sealed.includes("sentence")).toBe(false);
});
