import type { RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { ENGLISH } from "./language.js";
import type { NoncurrentTotals } from "./noncurrent.js";
import {
  closesAsSeen,
  differingCount,
  examinedCount,
  notFoundCount,
  notSeenDetail,
  olderPlaintextCount,
  olderUnseenCount,
  unprovenCount,
} from "./not-seen.js";
import { defaultNow, remains } from "./remains.js";
import { runState, type VerdictKind } from "./run-state.js";
import { arrivalWords, type Summary } from "./summary.js";
import { verdictDetail } from "./verdict-detail.js";
import { headline } from "./verdict-headline.js";

export interface Verdict {
  readonly kind: VerdictKind;
  /** One line, shown before everything else. */
  readonly headline: string;
  /** A few plain sentences. */
  readonly detail: string;
}

/** The verdict on a run, based only on what it saw. */
export function verdict(summary: Summary, run: RunRecord, lang = ENGLISH): Verdict {
  const kind = verdictKind(summary, run);
  const detail = verdictDetail(kind, summary, run, lang).join(" ");
  return { kind, headline: headline(kind, summary, run, lang), detail };
}

/** The detail of the verdict without the sentences that `remains` has too, for a place that shows both. */
export function detailBesideRemains(summary: Summary, run: RunRecord, lang = ENGLISH): string {
  const { arrivals } = summary.total;
  const listed = new Set([
    ...remains(summary, run, lang).map(({ words }) => words),
    // The last of these sentences is about all of them.
    ...notSeenDetail(summary, lang).slice(0, -1),
    ...((arrivals?.younger ?? 0) > 0 ? arrivalWords(arrivals, lang) : []),
  ]);
  const sentences = verdictDetail(verdictKind(summary, run), summary, run, lang);
  return sentences.filter((sentence) => !listed.has(sentence)).join(" ");
}

function verdictKind(summary: Summary, run: RunRecord): VerdictKind {
  const { total, scopes } = summary;
  const areVersionsAccountedFor = [total, ...scopes].every(({ noncurrent }) => isAccountedFor(noncurrent));
  if (runState(run) !== "complete" || !closesAsSeen(summary) || !areVersionsAccountedFor) return "incomplete";
  const plaintext = total.statesNow.none.objects + olderPlaintextCount(total) + (total.arrivals?.plaintext ?? 0);
  if (plaintext > 0) return "unencrypted-remain";
  if (total.notSeen !== undefined) return "not-seen";
  if (examinedCount(total) === 0) return "nothing-examined";
  if (differingCount(total) > 0) return "differs";
  const unproven = unprovenCount(total) + olderUnseenCount(total) + notFoundCount(total);
  if (unproven > 0) return "unproven";
  return verdictOfDefaults(run);
}

/** Even if all existing objects were seen to be encrypted, new ones will arrive. */
function verdictOfDefaults({ buckets }: RunRecord): VerdictKind {
  if (buckets.some((bucket) => defaultNow(bucket) === "none")) return "no-default";
  return buckets.every((bucket) => isEncrypting(defaultNow(bucket))) ? "sealed" : "unproven";
}

/** If a store refuses to list noncurrent versions, that is a limit of the run, and is reported as one. */
export function isAccountedFor(noncurrent: NoncurrentTotals | undefined): boolean {
  return noncurrent === undefined || noncurrent.closes || noncurrent.refused !== null;
}
