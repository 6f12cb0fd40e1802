/** What the store has acknowledged of a key, last. */
export type Expected = { readonly kind: "absent" } | ExpectedObject;

export interface ExpectedObject {
  readonly kind: "object";
  /** Unlike that of any other write. */
  readonly body: string;
  /** Also unlike: the number of the write, in the user metadata. */
  readonly write: string;
  /** The value of the one tag, put by a call of its own; empty for none. */
  readonly tag: string;
  readonly hold: "ON" | "OFF";
}

export const ABSENT: Expected = { kind: "absent" };
