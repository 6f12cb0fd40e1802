/** A text that stands in for a file, and what messages call it. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Where targets are read from: a path, or a text. */
export type TargetsSource = string | NamedText;

/** What messages and records call it; the text itself may hold secrets of others. */
export function sourceName(source: TargetsSource): string {
  return typeof source === "string" ? source : source.name;
}
