import type { RunRecord } from "../../journal/run-record.js";
import { isEncrypting } from "../../model/encryption.js";
import { countOf, formatCount } from "../../model/text.js";
import { presentCount, unprovenCount } from "../counts.js";
import { notSeenWords } from "../not-seen.js";
import { defaultNow } from "../remains/upload-remains.js";
import type { Summary } from "../summary.js";
import { verdict } from "../verdict.js";
import { VERDICT_WORDS } from "../verdict-kind.js";

/** What the run saw that bears on every one of the controls: evidence for whoever judges, and no judgement. */
export function evidenceSeen(summary: Summary, run: RunRecord): readonly string[] {
  const { total } = summary;
  const present = presentCount(total);
  const seen = present - total.statesNow.none.objects - unprovenCount(total);
  const defaults = run.buckets.filter((bucket) => isEncrypting(defaultNow(bucket))).length;
  return [
    `${formatCount(seen)} of ${countOf(present, "current object")} seen to be encrypted at rest by the store's own answers${elsewhere(total)}.`,
    ...(total.notSeen === undefined ? [] : [`${notSeenWords(summary)}: of what is in there nothing is shown.`]),
    ...olderSeen(summary, run),
    `${formatCount(defaults)} of ${countOf(run.buckets.length, "bucket")} with a default encryption when last read.`,
    `Verdict of the run: ${VERDICT_WORDS[verdict(summary, run).kind]}.`,
  ];
}

/** Answers that this run did not ask for itself. */
function elsewhere({ evidenceNow: { baseline, inventory } }: Summary["total"]): string {
  const count = (baseline?.objects ?? 0) + (inventory?.objects ?? 0);
  return count === 0
    ? ""
    : `; those about ${countOf(count, "object")} are in an earlier, verified run or in an inventory`;
}

function olderSeen({ total: { noncurrent } }: Summary, { buckets }: RunRecord): string[] {
  if (noncurrent === undefined) {
    const keepsNone = buckets.length > 0 && buckets.every(({ versioning }) => versioning === "never");
    return [keepsNone ? "No bucket keeps older versions." : "Older versions were not looked at."];
  }
  const { encrypted, plaintext, unproven, failed } = noncurrent.outcomes;
  const present = encrypted.objects + plaintext.objects + unproven.objects + failed.objects;
  return [`${formatCount(encrypted.objects)} of ${countOf(present, "older version")} seen to be encrypted at rest.`];
}
