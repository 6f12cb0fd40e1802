import { countOf, formatBytes } from "../../model/text.js";
import type { Tally } from "../tally.js";

/** One thing that is not encrypted yet, or may not be, as far as the run saw. */
export interface Remaining {
  readonly kind:
    | "unencrypted"
    | "older-unencrypted"
    | "older-locked"
    | "sse-c-without-key"
    | "older-unproven"
    | "unproven"
    | "older-failed"
    | "open-uploads"
    | "no-default"
    | "arrived"
    | "not-seen";
  /** Objects, versions, uploads, buckets or locations. */
  readonly count: number;
  /** `null` where nobody can tell. */
  readonly bytes: number | null;
  /** A sentence, safe to print. */
  readonly words: string;
}

/** "2 current objects (3 kB) are" and then the rest of the sentence. */
export function remainingOf(kind: Remaining["kind"], noun: string, tally: Tally, rest: string): Remaining {
  const { objects, bytes } = tally;
  const are = objects === 1 ? "is" : "are";
  const words = `${countOf(objects, noun)} (${formatBytes(bytes)}) ${are} ${rest}.`;
  return { kind, count: objects, bytes, words };
}
