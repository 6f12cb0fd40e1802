import { createHash } from "node:crypto";

const BITS = 48;

/** A number from 0 up to 1 that depends on nothing but the parts. */
export function fractionOf(...parts: readonly (string | number)[]): number {
  return (
    createHash("sha256")
      .update(JSON.stringify(parts))
      .digest()
      .readUIntBE(0, BITS / 8) /
    2 ** BITS
  );
}
