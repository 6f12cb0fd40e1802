import type { RunRecord } from "../../journal/run-record.js";
import { countOf } from "../../model/text.js";
import { arrivalWords } from "../arrivals.js";
import { unprovenCount } from "../counts.js";
import { unseenSentence } from "../not-seen.js";
import type { ScopeTotals, Summary, Totals } from "../summary.js";
import { sumOf } from "../tally.js";
import { olderRemains } from "./older-remains.js";
import { type Remaining, remainingOf } from "./remaining.js";
import { defaultRemains, uploadRemains } from "./upload-remains.js";

/** What is left to do, the plainest first. What the run did not look at is told by `caveats`. */
export function remains(summary: Summary, run: RunRecord): readonly Remaining[] {
  const { total } = summary;
  const all = [
    remainingOf("unencrypted", "current object", total.statesNow.none, "not encrypted"),
    ...summary.scopes.filter(({ unseen }) => unseen !== undefined).map(notSeen),
    ...olderRemains(total.noncurrent),
    defaultRemains(run.buckets),
    arrived(total),
    withoutKey(total),
    unproven(total),
    ...uploadRemains(run.buckets),
  ];
  return all.filter(({ count }) => count > 0);
}

/** Whatever is in there may be in plaintext. */
function notSeen(scope: ScopeTotals): Remaining {
  return { kind: "not-seen", count: 1, bytes: null, words: unseenSentence(scope) };
}

/** Each of them may be in plaintext, whatever the sample shows. */
function arrived({ arrivals }: Totals): Remaining {
  return { kind: "arrived", count: arrivals?.younger ?? 0, bytes: null, words: arrivalWords(arrivals).join(" ") };
}

/** None was given for its name, or another one. */
function withoutKey({ reasons }: Totals): Remaining {
  const tally = sumOf([reasons["sse-c-without-key"], reasons["sse-c-wrong-key"]]);
  return remainingOf("sse-c-without-key", "current object", tally, "under a customer key that was not given (SSE-C)");
}

function unproven(total: Totals): Remaining {
  const count = unprovenCount(total);
  const rest = count === 1 ? "rests" : "rest";
  const words = `${countOf(count, "current object")} could not be seen, or ${rest} on a statement alone.`;
  return { kind: "unproven", count, bytes: null, words };
}
