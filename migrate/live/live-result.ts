import type { Observation } from "../journal/record.js";

/**
 * How an object is now, against its line in the report.
 * `changed`: written, deleted and written again, or uncovered since; `gone`: deleted since.
 * `contradicts`: it is the version that the line is about, and is not as the line says.
 * `needs-key`: it still wants a customer key, and more cannot be seen without that. `unread`: the store did not show it.
 */
export const LIVE_KINDS = ["same", "changed", "gone", "contradicts", "needs-key", "unread"] as const;
export type LiveKind = (typeof LIVE_KINDS)[number];

export const LIVE_WORDS: Readonly<Record<LiveKind, string>> = {
  same: "as the report says",
  changed: "changed since",
  gone: "gone since",
  contradicts: "contradict the report",
  "needs-key": "still under a customer key (SSE-C), which was not given",
  unread: "could not be read",
};

/** What became of one line. */
export interface LiveResult {
  readonly kind: LiveKind;
  /** `null` where there is nothing to tell. */
  readonly detail: string | null;
  readonly now: Observation | null;
}
