import type { Capabilities } from "../model/capabilities.js";
import type { StrategyName } from "../model/reason.js";

export interface PartRange {
  readonly partNumber: number;
  /** The first and last byte, both inclusive. */
  readonly range: readonly [number, number];
}

export type PartLimits = Pick<Capabilities, "minPartBytes" | "maxPartBytes" | "maxParts">;

/** The size of all parts except the last, in bytes: the wanted size, or the nearest that the store allows. */
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

/**
 * The number of parts that an object was uploaded in, according to the end of its ETag; `null` if the ETag
 * does not contain it.
 */
export function partCount(etag: string): number | null {
  const count = /^[0-9a-f]{32}-(\d+)$/.exec(etag)?.[1];
  return count === undefined ? null : Number(count);
}

interface ToCopy {
  readonly etag: string | null;
  readonly sizeBytes: number;
}

/** The number of parts that a copy is expected to have: those of its source, or as many as are needed; 0 if it is not in parts. */
export function expectedParts(
  way: StrategyName,
  { etag, sizeBytes }: ToCopy,
  wantedBytes: number,
  limits: PartLimits,
): number {
  if (way !== "copy-multipart") return 0;
  return partCount(etag ?? "") ?? Math.ceil(sizeBytes / partSize(sizeBytes, wantedBytes, limits));
}

/**
 * The ranges of parts with these sizes in bytes; `null` if they do not tile the object within the store's
 * limits.
 */
export function rangesOfSizes(
  sizes: readonly number[],
  sizeBytes: number,
  limits: PartLimits,
): readonly PartRange[] | null {
  const isAllowed = (bytes: number, index: number) =>
    Number.isInteger(bytes) &&
    bytes > 0 &&
    bytes <= limits.maxPartBytes &&
    (bytes >= limits.minPartBytes || index === sizes.length - 1);
  if (sizes.length > limits.maxParts || !sizes.every(isAllowed)) return null;
  let start = 0;
  const ranges = sizes.map((bytes, index): PartRange => {
    const range = [start, start + bytes - 1] as const;
    start += bytes;
    return { partNumber: index + 1, range };
  });
  return start === sizeBytes ? ranges : null;
}
