import type { Fact } from "./profile.js";

/** A value that a document states. */
export function documented<T>(value: T, source: string): Fact<T> {
  return { value, source };
}

/** Nobody documents it: neither yes nor no until the bucket itself was probed. */
export const undocumented: Fact<"undocumented"> = { value: "undocumented", source: "undocumented: probe it" };

/** Nobody documents it, and something has to be used until it is known. */
export function assumed<T>(value: T, reason: string): Fact<T> {
  return { value, source: `undocumented: ${reason}` };
}
