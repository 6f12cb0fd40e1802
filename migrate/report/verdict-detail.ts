import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { countOf, formatBytes, formatCount, visibleText } from "../model/text.js";
import { bucketNames } from "./groups.js";
import { noncurrentDetail } from "./noncurrent.js";
import { closesAsSeen, emptyScopeWords, notSeenDetail, outcomeCount } from "./not-seen.js";
import { defaultNow, defaultRemains, uploadsBefore } from "./remains.js";
import { RUN_STATE_WORDS, runState } from "./run-state.js";
import { givenFileCaveats } from "./run-words.js";
import { arrivalWords, type Summary, type Totals } from "./summary.js";
import type { VerdictKind } from "./verdict-kind.js";

/** The sentences below a verdict's headline. */
export function verdictDetail(kind: VerdictKind, summary: Summary, run: RunRecord): string[] {
  const { total } = summary;
  return [
    ...(kind === "incomplete" ? whyIncomplete(summary, run) : []),
    ...notSeenDetail(summary),
    ...emptyScopeWords(summary, run),
    ...whatWasDone(total),
    ...whatWasLeft(total),
    ...whatWasNotFound(total, run),
    ...whatIsUnproven(total),
    ...noncurrentDetail(total.noncurrent),
    ...whatKeepsArriving(total, run),
  ];
}

function whyIncomplete(summary: Summary, run: RunRecord): string[] {
  const { total } = summary;
  const state = runState(run);
  const message = run.sessions.at(-1)?.message ?? null;
  const ending = `The run ${RUN_STATE_WORDS[state]}${message === null ? "" : `: ${visibleText(message).replace(/\.$/, "")}`}.`;
  if (state === "interrupted" || state === "unended") {
    const done = outcomeCount(total);
    return [
      `${ending.slice(0, -1)}, with ${countOf(done, "object")} done${leftWords(total)}: --resume continues with the others.`,
    ];
  }
  const sum = closesAsSeen(summary)
    ? []
    : ["Its totals do not add up: the listed objects and the outcomes differ, or a listing was interrupted."];
  return [...(state === "complete" ? [] : [ending]), ...sum, "It says nothing about the objects not yet examined."];
}

function leftWords({ knownLeft }: Totals): string {
  if (knownLeft === undefined) return "";
  return ` and at least ${countOf(knownLeft, "more", "more")} listed, but not done`;
}

function whatWasDone({ outcomes }: Totals): string[] {
  const { migrated } = outcomes;
  const already = outcomes["already-encrypted"];
  return [
    ...sentenceIfAny(
      migrated.objects,
      `${were(migrated.objects)} encrypted in place by this run (${formatBytes(migrated.bytes)}).`,
    ),
    ...sentenceIfAny(already.objects, `${were(already.objects)} encrypted already (${formatBytes(already.bytes)}).`),
  ];
}

function whatWasLeft({ outcomes }: Totals): string[] {
  const { skipped, refused, failed, vanished } = outcomes;
  return [
    ...sentenceIfAny(skipped.objects, `${were(skipped.objects)} left unchanged.`),
    ...sentenceIfAny(refused.objects, `${were(refused.objects)} refused, because a copy could have lost something.`),
    ...sentenceIfAny(failed.objects, `${countOf(failed.objects, "object")} failed.`),
    ...sentenceIfAny(
      vanished.objects,
      `${were(vanished.objects)} deleted by someone else meanwhile and ${vanished.objects === 1 ? "is" : "are"} not counted above.`,
    ),
  ];
}

function whatWasNotFound({ outcomes, reasons }: Totals, { keyManifest }: RunRecord): string[] {
  const { objects } = outcomes["not-found"];
  if (objects === 0) return [];
  const others = reasons["not-as-named"]?.objects ?? 0;
  const other = others === 0 ? "" : ` For ${formatCount(others)} of them the key has a different object.`;
  const mayBeRaw = keyManifest?.format === "inventory" && keyManifest.keys !== "raw";
  const hint = mayBeRaw ? " If the keys of the manifest are not URL-encoded, give --manifest-keys raw." : "";
  return [`${were(objects)} named by the manifest but not found.${other}${hint}`];
}

function whatIsUnproven({ statesNow, evidenceNow }: Totals): string[] {
  const unknown = statesNow.unknown.objects;
  const stated = evidenceNow["provider-statement"]?.objects ?? 0;
  const byDefault = evidenceNow["bucket-default"]?.objects ?? 0;
  return [
    ...sentenceIfAny(unknown, `The encryption of ${countOf(unknown, "object")} could not be determined.`),
    ...sentenceIfAny(stated, `For ${countOf(stated, "object")} the only evidence is the provider's statement.`),
    ...sentenceIfAny(
      byDefault,
      `For ${countOf(byDefault, "object")} the only evidence is the bucket's default encryption.`,
    ),
  ];
}

function whatKeepsArriving({ arrivals }: Totals, { buckets }: RunRecord): string[] {
  const { count, words } = defaultRemains(buckets);
  return [...sentenceIfAny(count, words), ...arrivalWords(arrivals)];
}

function were(count: number): string {
  return `${countOf(count, "object")} ${count === 1 ? "was" : "were"}`;
}

function sentenceIfAny(count: number, sentence: string): string[] {
  return count > 0 ? [sentence] : [];
}

/** One statement for all buckets that it applies to. */
interface BucketCaveat {
  /** `isLookedAt`: its noncurrent versions were listed. */
  readonly applies: (bucket: BucketFindings, isLookedAt: boolean) => boolean;
  readonly words: (buckets: string) => string;
}

const BUCKET_CAVEATS: readonly BucketCaveat[] = [
  {
    applies: ({ versioning }, isLookedAt) => ["enabled", "suspended"].includes(versioning) && !isLookedAt,
    words: (names) => `Noncurrent versions in ${names}: only current objects were examined.`,
  },
  {
    applies: ({ versioning }, isLookedAt) => versioning === "unreadable" && !isLookedAt,
    words: (names) => `Noncurrent versions, if ${names} keeps any: its versioning could not be read.`,
  },
  {
    applies: (bucket) => uploadsBefore(bucket) === null,
    words: (names) => `Uploads begun before this run and still open in ${names}: they could not be listed.`,
  },
  {
    applies: (bucket) => !isEncrypting(defaultNow(bucket)) && defaultNow(bucket) !== "none",
    words: (names) =>
      `Future objects: whether ${names} encrypts them by default could not be read, so they may arrive unencrypted.`,
  },
  {
    applies: (bucket) => ![bucket.defaultEncryption.after, "unreadable"].includes(defaultNow(bucket)),
    words: (names) => `The default encryption of ${names} changed during this run, but this run did not change it.`,
  },
  {
    applies: ({ policy, lifecycle, replication }) =>
      [policy, lifecycle, replication].some((found) => found?.kind === "unreadable"),
    words: (names) => `The policy, lifecycle or replication rules of ${names}: not all of them could be read.`,
  },
];

/** The limits of the run, which a reader might not expect. Safe to print. */
export function caveats({ total, scopes }: Summary, run: RunRecord): readonly string[] {
  const { filteredOut, noncurrent } = total;
  const lookedAt = new Set(scopes.filter((scope) => scope.noncurrent !== undefined).map(({ bucket }) => bucket));
  return [
    ...givenFileCaveats(total, run),
    ...(filteredOut > 0 ? [`${countOf(filteredOut, "object")} excluded by the filters of this run.`] : []),
    ...(noncurrent && noncurrent.filteredOut > 0
      ? [`${countOf(noncurrent.filteredOut, "noncurrent version")} excluded by the filters of this run.`]
      : []),
    ...(noncurrent?.refused
      ? [`Noncurrent versions, not all of which could be examined: ${visibleText(noncurrent.refused)}.`]
      : []),
    ...BUCKET_CAVEATS.flatMap(({ applies, words }) => {
      const found = run.buckets.filter((bucket) => applies(bucket, lookedAt.has(bucket.bucket)));
      return found.length === 0 ? [] : [words(bucketNames(found))];
    }),
  ];
}
