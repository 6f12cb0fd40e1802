const KIB = 1024;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Each with the largest size that is in it, in bytes; the limits are those at which objects are copied otherwise. */
const BANDS = [
  ["empty", 0],
  ["up to 128 KiB", 128 * KIB],
  ["up to 1 MiB", MIB],
  ["up to 16 MiB", 16 * MIB],
  ["up to 128 MiB", 128 * MIB],
  ["up to 1 GiB", GIB],
  ["up to 5 GiB", 5 * GIB],
  ["above 5 GiB", Number.POSITIVE_INFINITY],
] as const;

export type SizeBand = (typeof BANDS)[number][0];
export const SIZE_BANDS = BANDS.map(([name]) => name);

export function sizeBandOf(sizeBytes: number): SizeBand {
  return BANDS.find(([, most]) => sizeBytes <= most)?.[0] ?? "above 5 GiB";
}
