/** A value and its source: a document, page or experiment. */
export interface Fact<T> {
  readonly value: T;
  readonly source: string;
}

/** `undocumented` is neither yes nor no: it must be probed on the bucket. */
export type Support = "supported" | "unsupported" | "undocumented";

/** A value stated in a document. */
export function documented<T>(value: T, source: string): Fact<T> {
  return { value, source };
}

/** Not documented: neither yes nor no until the bucket is probed. */
export const undocumented: Fact<"undocumented"> = { value: "undocumented", source: "undocumented: probe it" };

/** Not documented, but a value is needed until it is known. */
export function assumed<T>(value: T, reason: string): Fact<T> {
  return { value, source: `undocumented: ${reason}` };
}
