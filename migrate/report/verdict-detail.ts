import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { visibleText } from "../model/text.js";
import { bucketNames } from "./groups.js";
import { ENGLISH, type Language, type Sentence } from "./language.js";
import { noncurrentDetail } from "./noncurrent.js";
import { closesAsSeen, emptyScopeWords, notSeenDetail, outcomeCount } from "./not-seen.js";
import { defaultNow, defaultRemains, uploadsBefore } from "./remains.js";
import { RUN_STATE_WORDS, runState, type VerdictKind } from "./run-state.js";
import { givenFileCaveats } from "./run-words.js";
import { arrivalWords, type Summary, type Totals } from "./summary.js";

/** The sentences below a verdict's headline. */
export function verdictDetail(kind: VerdictKind, summary: Summary, run: RunRecord, lang: Language): string[] {
  const { total } = summary;
  return [
    ...(kind === "incomplete" ? whyIncomplete(summary, run, lang) : []),
    ...notSeenDetail(summary, lang),
    ...emptyScopeWords(summary, run, lang),
    ...whatWasDone(total, lang),
    ...whatWasLeft(total, lang),
    ...whatWasNotFound(total, run, lang),
    ...whatIsUnproven(total, lang),
    ...noncurrentDetail(total.noncurrent, lang),
    ...whatKeepsArriving(total, run, lang),
  ];
}

function whyIncomplete(summary: Summary, run: RunRecord, lang: Language): string[] {
  const { say } = lang;
  const state = runState(run);
  const message = run.sessions.at(-1)?.message ?? null;
  const ended = say("The run {what}", { what: say(RUN_STATE_WORDS[state]) });
  const told = message === null ? "" : visibleText(message).replace(/\.$/, "");
  const ending = message === null ? ended : say("{ended}: {message}", { ended, message: told });
  if (state === "interrupted" || state === "unended") {
    return [
      say("{ending}, with {n} {n|object|objects} done{left}: --resume continues with the others.", {
        ending,
        n: outcomeCount(summary.total),
        left: leftWords(summary.total, lang),
      }),
    ];
  }
  const sum = closesAsSeen(summary)
    ? []
    : [say("Its totals do not add up: the listed objects and the outcomes differ, or a listing was interrupted.")];
  return [
    ...(state === "complete" ? [] : [`${ending}.`]),
    ...sum,
    say("It says nothing about the objects not yet examined."),
  ];
}

function leftWords({ knownLeft }: Totals, { say }: Language): string {
  return knownLeft === undefined ? "" : say(" and at least {n} more listed, but not done", { n: knownLeft });
}

function whatWasDone({ outcomes }: Totals, { say, bytes }: Language): string[] {
  const { migrated } = outcomes;
  const already = outcomes["already-encrypted"];
  return [
    ...sentenceIfAny(
      migrated.objects,
      say("{n} {n|object was|objects were} encrypted in place by this run ({size}).", {
        n: migrated.objects,
        size: bytes(migrated.bytes),
      }),
    ),
    ...sentenceIfAny(
      already.objects,
      say("{n} {n|object was|objects were} encrypted already ({size}).", {
        n: already.objects,
        size: bytes(already.bytes),
      }),
    ),
  ];
}

const LEFT_WORDS = {
  skipped: "{n} {n|object was|objects were} left unchanged.",
  refused: "{n} {n|object was|objects were} refused, because a copy could have lost something.",
  failed: "{n} {n|object|objects} failed.",
  vanished: "{n} {n|object was|objects were} deleted by someone else meanwhile and {n|is|are} not counted above.",
} as const satisfies Partial<Record<keyof Totals["outcomes"], Sentence>>;

function whatWasLeft({ outcomes }: Totals, { say }: Language): string[] {
  const kinds = Object.keys(LEFT_WORDS) as (keyof typeof LEFT_WORDS)[];
  return kinds.flatMap((kind) => {
    const n = outcomes[kind].objects;
    return sentenceIfAny(n, say(LEFT_WORDS[kind], { n }));
  });
}

function whatWasNotFound({ outcomes, reasons }: Totals, { keyManifest }: RunRecord, { say }: Language): string[] {
  const { objects: n } = outcomes["not-found"];
  if (n === 0) return [];
  const others = reasons["not-as-named"]?.objects ?? 0;
  const mayBeRaw = keyManifest?.format === "inventory" && keyManifest.keys !== "raw";
  return [
    say("{n} {n|object was|objects were} named by the manifest but not found.", { n }),
    ...sentenceIfAny(others, say("For {n} of them the key has a different object.", { n: others })),
    ...(mayBeRaw ? [say("If the keys of the manifest are not URL-encoded, give --manifest-keys raw.")] : []),
  ];
}

function whatIsUnproven({ statesNow, evidenceNow }: Totals, { say }: Language): string[] {
  const unknown = statesNow.unknown.objects;
  const stated = evidenceNow["provider-statement"]?.objects ?? 0;
  const byDefault = evidenceNow["bucket-default"]?.objects ?? 0;
  return [
    ...sentenceIfAny(unknown, say("The encryption of {n} {n|object|objects} could not be determined.", { n: unknown })),
    ...sentenceIfAny(
      stated,
      say("For {n} {n|object|objects} the only evidence is the provider's statement.", { n: stated }),
    ),
    ...sentenceIfAny(
      byDefault,
      say("For {n} {n|object|objects} the only evidence is the bucket's default encryption.", { n: byDefault }),
    ),
  ];
}

function whatKeepsArriving({ arrivals }: Totals, { buckets }: RunRecord, lang: Language): string[] {
  const { count, words } = defaultRemains(buckets, lang);
  return [...sentenceIfAny(count, words), ...arrivalWords(arrivals, lang)];
}

function sentenceIfAny(count: number, sentence: string): string[] {
  return count > 0 ? [sentence] : [];
}

type CaveatWords = Extract<Sentence, `${string}{these}${string}`>;

/** One statement for all buckets that it applies to. */
interface BucketCaveat {
  /** `isLookedAt`: its noncurrent versions were listed. */
  readonly applies: (bucket: BucketFindings, isLookedAt: boolean) => boolean;
  /** `{these}` are the buckets. */
  readonly words: CaveatWords;
}

const BUCKET_CAVEATS: readonly BucketCaveat[] = [
  {
    applies: ({ versioning }, isLookedAt) => ["enabled", "suspended"].includes(versioning) && !isLookedAt,
    words: "Noncurrent versions in {these}: only current objects were examined.",
  },
  {
    applies: ({ versioning }, isLookedAt) => versioning === "unreadable" && !isLookedAt,
    words: "Noncurrent versions, if {these} keeps any: its versioning could not be read.",
  },
  {
    applies: (bucket) => uploadsBefore(bucket) === null,
    words: "Uploads begun before this run and still open in {these}: they could not be listed.",
  },
  {
    applies: (bucket) => !isEncrypting(defaultNow(bucket)) && defaultNow(bucket) !== "none",
    words:
      "Future objects: whether {these} encrypts them by default could not be read, so they may arrive unencrypted.",
  },
  {
    applies: (bucket) => ![bucket.defaultEncryption.after, "unreadable"].includes(defaultNow(bucket)),
    words: "The default encryption of {these} changed during this run, but this run did not change it.",
  },
  {
    applies: ({ policy, lifecycle, replication }) =>
      [policy, lifecycle, replication].some((found) => found?.kind === "unreadable"),
    words: "The policy, lifecycle or replication rules of {these}: not all of them could be read.",
  },
];

/** The limits of the run, which a reader might not expect. Safe to print. */
export function caveats({ total, scopes }: Summary, run: RunRecord, lang = ENGLISH): readonly string[] {
  const { say } = lang;
  const { filteredOut: n, noncurrent } = total;
  const older = noncurrent?.filteredOut ?? 0;
  const lookedAt = new Set(scopes.filter((scope) => scope.noncurrent !== undefined).map(({ bucket }) => bucket));
  return [
    ...givenFileCaveats(total, run, lang),
    ...sentenceIfAny(n, say("{n} {n|object|objects} excluded by the filters of this run.", { n })),
    ...sentenceIfAny(
      older,
      say("{n} noncurrent {n|version|versions} excluded by the filters of this run.", { n: older }),
    ),
    ...(noncurrent?.refused
      ? [
          say("Noncurrent versions, not all of which could be examined: {refused}.", {
            refused: visibleText(noncurrent.refused),
          }),
        ]
      : []),
    ...BUCKET_CAVEATS.flatMap(({ applies, words }) => {
      const found = run.buckets.filter((bucket) => applies(bucket, lookedAt.has(bucket.bucket)));
      return found.length === 0 ? [] : [say(words, { these: bucketNames(found, lang) })];
    }),
  ];
}
