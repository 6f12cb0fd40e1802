import type { RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { countOf, formatCount } from "../model/text.js";
import { bucketNames } from "./groups.js";
import {
  differingCount,
  examinedCount,
  notFoundCount,
  notSeenWords,
  olderPlaintextCount,
  olderUnseenCount,
  presentCount,
  unprovenCount,
} from "./not-seen.js";
import { defaultNow } from "./remains.js";
import { type RunState, runState } from "./run-state.js";
import type { Summary, Totals } from "./summary.js";
import type { VerdictKind } from "./verdict-kind.js";

/** One line, shown before everything else. */
export function headline(kind: VerdictKind, summary: Summary, run: RunRecord): string {
  const words = HEADLINES[kind](summary.total, run);
  return summary.total.notSeen === undefined
    ? words
    : `${words}, ${kind === "not-seen" ? "but" : "and"} ${notSeenWords(summary)}`;
}

type Headline = (total: Totals, run: RunRecord) => string;

const HEADLINES: Readonly<Record<VerdictKind, Headline>> = {
  sealed: unencryptedWords,
  "unencrypted-remain": unencryptedWords,
  differs: (total) => {
    const differing = differingCount(total);
    const differ = differing === 1 ? "differs" : "differ";
    return `${ratio(total)} ${verb(total, "remains", "remain")} unencrypted, but ${formatCount(differing)} ${differ} from what was copied`;
  },
  "no-default": (total, run) => {
    const without = run.buckets.filter((bucket) => defaultNow(bucket) === "none");
    return `${unencryptedWords(total, run)}, but ${bucketNames(without)} ${without.length === 1 ? "has" : "have"} no default encryption`;
  },
  "not-seen": (total, run) =>
    examinedCount(total) === 0 ? "No object was found in the locations that were seen" : unencryptedWords(total, run),
  unproven: (total, run) =>
    `${ratio(total)} ${verb(total, "was", "were")} seen unencrypted, but ${unprovenWords(total, run)}`,
  incomplete: (total, run) => `${INCOMPLETE_WORDS[runState(run)]}: ${seenWords(total)}${leftWords(total)}`,
  "nothing-examined": ({ listed }) =>
    listed === 0 ? "0 objects in scope" : `0 of ${countOf(listed, "object")} in scope were found`,
};

/** If somebody stopped the run, or if it is still in progress, that is not a failure. */
const INCOMPLETE_WORDS: Readonly<Record<RunState, string>> = {
  complete: "Incomplete",
  aborted: "Incomplete",
  interrupted: "Interrupted",
  unended: "Not ended",
};

/**
 * How many objects were seen, and how many of them are unencrypted. A ratio would be mistaken for the
 * progress of the run.
 */
function seenWords(total: Totals): string {
  const none = total.statesNow.none.objects;
  return `${countOf(presentCount(total), "object")} seen, ${formatCount(none)} of them unencrypted`;
}

function leftWords({ knownLeft }: Totals): string {
  return knownLeft === undefined
    ? ""
    : `; at least ${formatCount(knownLeft)} more ${knownLeft === 1 ? "is" : "are"} left`;
}

function unencryptedWords(total: Totals, run: RunRecord): string {
  const older = olderPlaintextCount(total);
  const none = total.statesNow.none.objects;
  if (presentCount(total) === 0 && older === 0) {
    return `0 of ${countOf(total.noncurrent?.listed ?? 0, "noncurrent version")} are unencrypted, and there is no current object`;
  }
  const versions = countOf(older, "noncurrent version");
  const areOlder = older === 1 ? "is" : "are";
  const since = total.arrivals?.plaintext ?? 0;
  if (none === 0 && older === 0 && since > 0) {
    return `${ratio(total)} seen ${verb(total, "is", "are")} unencrypted, but ${formatCount(since)} written since ${since === 1 ? "is" : "are"}`;
  }
  if (none === 0 && older > 0) return `${versions} ${areOlder} unencrypted, and no object is`;
  const wasToEncrypt = run.command === "migrate" && !run.dryRun;
  const words = `${ratio(total)} ${wasToEncrypt ? verb(total, "remains", "remain") : verb(total, "is", "are")} unencrypted`;
  return older === 0 ? words : `${words}, and so ${areOlder} ${versions}`;
}

/** "3 of 10 objects": the unencrypted ones among the existing ones. */
function ratio(total: Totals): string {
  return `${formatCount(total.statesNow.none.objects)} of ${countOf(presentCount(total), "object")}`;
}

function verb(total: Totals, one: string, many: string): string {
  return total.statesNow.none.objects === 1 || presentCount(total) === 1 ? one : many;
}

function unprovenWords(total: Totals, { buckets }: RunRecord): string {
  const [objects, older, absent] = [unprovenCount(total), olderUnseenCount(total), notFoundCount(total)];
  const unseen = [
    ...(objects > 0 ? [formatCount(objects)] : []),
    ...(older > 0 ? [countOf(older, "noncurrent version")] : []),
  ];
  const unread = buckets.filter((bucket) => defaultNow(bucket) !== "none" && !isEncrypting(defaultNow(bucket)));
  const isOfDefaults = objects + older + absent === 0;
  return [
    ...(isOfDefaults ? [`the default encryption of ${bucketNames(unread)} could not be read`] : []),
    ...(unseen.length > 0 ? [`${unseen.join(" and ")} could not be proven encrypted`] : []),
    ...(absent > 0 ? [`${countOf(absent, "named object")} ${absent === 1 ? "was" : "were"} not found`] : []),
  ].join(", and ");
}
