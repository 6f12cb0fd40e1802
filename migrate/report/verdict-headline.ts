import type { RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { bucketNames } from "./groups.js";
import type { Language, Sentence } from "./language.js";
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
import { type RunState, runState, type VerdictKind } from "./run-state.js";
import type { Summary, Totals } from "./summary.js";

/** One line, shown before everything else. */
export function headline(kind: VerdictKind, summary: Summary, run: RunRecord, lang: Language): string {
  const words = HEADLINES[kind](summary.total, run, lang);
  if (summary.total.notSeen === undefined) return words;
  const unseen = notSeenWords(summary, lang);
  return lang.say(kind === "not-seen" ? "{words}, but {unseen}" : "{words}, and {unseen}", { words, unseen });
}

type Headline = (total: Totals, run: RunRecord, lang: Language) => string;

const HEADLINES: Readonly<Record<VerdictKind, Headline>> = {
  sealed: unencryptedWords,
  "unencrypted-remain": unencryptedWords,
  differs: (total, _, { say }) =>
    say(
      "{none} of {n} {n|object|objects} {verb|remains|remain} unencrypted, but {differing} {differing|differs|differ} from what was copied",
      { ...ratio(total), differing: differingCount(total) },
    ),
  "no-default": (total, run, lang) => {
    const without = run.buckets.filter((bucket) => defaultNow(bucket) === "none");
    return lang.say("{words}, but {buckets} {n|has|have} no default encryption", {
      words: unencryptedWords(total, run, lang),
      buckets: bucketNames(without, lang),
      n: without.length,
    });
  },
  "not-seen": (total, run, lang) =>
    examinedCount(total) === 0
      ? lang.say("No object was found in the locations that were seen")
      : unencryptedWords(total, run, lang),
  unproven: (total, run, lang) =>
    lang.say("{none} of {n} {n|object|objects} {verb|was|were} seen unencrypted, but {why}", {
      ...ratio(total),
      why: unprovenWords(total, run, lang),
    }),
  incomplete: incompleteWords,
  "nothing-examined": ({ listed: n }, _, { say }) =>
    n === 0 ? say("0 objects in scope") : say("0 of {n} {n|object|objects} in scope were found", { n }),
};

/** If somebody stopped the run, or if it is still in progress, that is not a failure. */
const INCOMPLETE_WORDS = {
  complete: "Incomplete",
  aborted: "Incomplete",
  interrupted: "Interrupted",
  unended: "Not ended",
} as const satisfies Readonly<Record<RunState, Sentence>>;

/**
 * How many objects were seen, and how many of them are unencrypted. A ratio would be mistaken for the
 * progress of the run.
 */
function incompleteWords(total: Totals, run: RunRecord, { say }: Language): string {
  const { knownLeft } = total;
  return say("{state}: {n} {n|object|objects} seen, {none} of them unencrypted{left}", {
    ...ratio(total),
    state: say(INCOMPLETE_WORDS[runState(run)]),
    left: knownLeft === undefined ? "" : say("; at least {n} more {n|is|are} left", { n: knownLeft }),
  });
}

function unencryptedWords(total: Totals, run: RunRecord, { say }: Language): string {
  const older = olderPlaintextCount(total);
  const counts = ratio(total);
  if (counts.n === 0 && older === 0) {
    return say("0 of {n} noncurrent {n|version|versions} are unencrypted, and there is no current object", {
      n: total.noncurrent?.listed ?? 0,
    });
  }
  const since = total.arrivals?.plaintext ?? 0;
  if (counts.none === 0 && older === 0 && since > 0) {
    return say(
      "{none} of {n} {n|object|objects} seen {verb|is|are} unencrypted, but {since} written since {since|is|are}",
      { ...counts, since },
    );
  }
  if (counts.none === 0 && older > 0) {
    return say("{n} noncurrent {n|version is|versions are} unencrypted, and no object is", { n: older });
  }
  const words =
    run.command === "migrate" && !run.dryRun
      ? say("{none} of {n} {n|object|objects} {verb|remains|remain} unencrypted", counts)
      : say("{none} of {n} {n|object|objects} {verb|is|are} unencrypted", counts);
  return older === 0
    ? words
    : say("{words}, and so {n|is|are} {n} noncurrent {n|version|versions}", { words, n: older });
}

/** The unencrypted ones among the existing ones. `verb` is 1 if the verb is in the singular in English. */
function ratio(total: Totals): { readonly none: number; readonly n: number; readonly verb: number } {
  const none = total.statesNow.none.objects;
  const n = presentCount(total);
  return { none, n, verb: none === 1 || n === 1 ? 1 : 2 };
}

function unprovenWords(total: Totals, { buckets }: RunRecord, lang: Language): string {
  const { say, count } = lang;
  const [objects, older, absent] = [unprovenCount(total), olderUnseenCount(total), notFoundCount(total)];
  const unseen = [
    ...(objects > 0 ? [count(objects)] : []),
    ...(older > 0 ? [say("{n} noncurrent {n|version|versions}", { n: older })] : []),
  ];
  const unread = buckets.filter((bucket) => defaultNow(bucket) !== "none" && !isEncrypting(defaultNow(bucket)));
  const isOfDefaults = objects + older + absent === 0;
  return [
    ...(isOfDefaults
      ? [say("the default encryption of {buckets} could not be read", { buckets: bucketNames(unread, lang) })]
      : []),
    ...(unseen.length > 0 ? [say("{what} could not be proven encrypted", { what: unseen.join(say(" and ")) })] : []),
    ...(absent > 0 ? [say("{n} named {n|object was|objects were} not found", { n: absent })] : []),
  ].join(say(", and "));
}
