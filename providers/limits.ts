import type { Fact, ObjectLimits } from "./profile.js";

export const MiB = 1024 ** 2;
export const GiB = 1024 ** 3;
export const TiB = 1024 ** 4;

/** The numbers that most stores share with S3: copies to 5 GiB, 10,000 parts of 5 MiB to 5 GiB. */
export function s3Limits(maxObject: Fact<number>, source: string): ObjectLimits {
  return {
    maxCopyBytes: { value: 5 * GiB, source },
    minPartBytes: { value: 5 * MiB, source },
    maxPartBytes: { value: 5 * GiB, source },
    maxParts: { value: 10_000, source },
    maxObjectBytes: maxObject,
  };
}
