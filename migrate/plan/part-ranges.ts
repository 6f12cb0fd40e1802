import type { Capabilities } from "./capabilities.js";

export interface PartRange {
  readonly partNumber: number;
  /** First and last byte, both included. */
  readonly range: readonly [number, number];
}

export type PartLimits = Pick<Capabilities, "minPartBytes" | "maxPartBytes" | "maxParts">;

/** The size of all parts but the last: the one wanted, or the nearest that the store allows. Bytes. */
export function partSize(sizeBytes: number, wantedBytes: number, limits: PartLimits): number {
  const least = Math.max(limits.minPartBytes, Math.ceil(sizeBytes / limits.maxParts));
  return Math.min(Math.max(wantedBytes, least), limits.maxPartBytes);
}

/** Ranges that tile the object from its first byte to its last, in order. */
export function* partRanges(sizeBytes: number, partBytes: number): Generator<PartRange> {
  for (let start = 0, partNumber = 1; start < sizeBytes; start += partBytes, partNumber += 1) {
    yield { partNumber, range: [start, Math.min(start + partBytes, sizeBytes) - 1] };
  }
}
