import { createHash } from "node:crypto";

/** A number from 0 to below 1 that looks drawn, and is the same for the same text on every machine. */
export function seededFraction(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}
