/** A value and the document, page or experiment that it was taken from. */
export interface Fact<T> {
  readonly value: T;
  readonly source: string;
}

/** `undocumented` is neither yes nor no: it has to be probed on the bucket itself. */
export type Support = "supported" | "unsupported" | "undocumented";

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
