import type { RunRecord } from "../journal/run-record.js";
import { countOf, formatBytes, formatCount, visibleText } from "../model/text.js";
import { arrivalWords } from "./arrivals.js";
import { outcomeCount } from "./counts.js";
import { emptyScopeWords } from "./empty-scopes.js";
import { noncurrentDetail } from "./noncurrent-words.js";
import { closesAsSeen, notSeenDetail } from "./not-seen.js";
import { defaultRemains } from "./remains/upload-remains.js";
import { RUN_STATE_WORDS, runState } from "./run-state.js";
import type { Summary, Totals } from "./summary.js";
import type { VerdictKind } from "./verdict-kind.js";

/** The sentences under a verdict's headline. */
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
      `${ending.slice(0, -1)}, with ${countOf(done, "object")} done${leftWords(total)}: --resume goes on with the others.`,
    ];
  }
  const sum = closesAsSeen(summary)
    ? []
    : ["Its totals do not close: what was listed is not what has an outcome, or a listing did not end."];
  return [...(state === "complete" ? [] : [ending]), ...sum, "It says nothing about the objects not yet looked at."];
}

function leftWords({ knownLeft }: Totals): string {
  if (knownLeft === undefined) return "";
  return ` and at least ${countOf(knownLeft, "more", "more")} known to be left, which the listing had shown by then`;
}

function whatWasDone({ outcomes }: Totals): string[] {
  const { migrated } = outcomes;
  const already = outcomes["already-encrypted"];
  return [
    ...said(
      migrated.objects,
      `${were(migrated.objects)} encrypted in place by this run (${formatBytes(migrated.bytes)}).`,
    ),
    ...said(already.objects, `${were(already.objects)} encrypted already (${formatBytes(already.bytes)}).`),
  ];
}

function whatWasLeft({ outcomes }: Totals): string[] {
  const { skipped, refused, failed, vanished } = outcomes;
  return [
    ...said(skipped.objects, `${were(skipped.objects)} left as found.`),
    ...said(refused.objects, `${were(refused.objects)} refused, since a copy could have lost something.`),
    ...said(failed.objects, `${countOf(failed.objects, "object")} failed.`),
    ...said(
      vanished.objects,
      `${were(vanished.objects)} deleted by someone else meanwhile and ${vanished.objects === 1 ? "is" : "are"} not counted above.`,
    ),
  ];
}

function whatWasNotFound({ outcomes, reasons }: Totals, { keyManifest }: RunRecord): string[] {
  const { objects } = outcomes["not-found"];
  if (objects === 0) return [];
  const others = reasons["not-as-named"]?.objects ?? 0;
  const other = others === 0 ? "" : ` For ${formatCount(others)} of them the key has another object.`;
  const mayBeRaw = keyManifest?.format === "inventory" && keyManifest.keys !== "raw";
  const hint = mayBeRaw ? " If the keys of the manifest are not URL-encoded, give --manifest-keys raw." : "";
  return [`${were(objects)} named by the manifest and not found.${other}${hint}`];
}

function whatIsUnproven({ statesNow, evidenceNow }: Totals): string[] {
  const unknown = statesNow.unknown.objects;
  const stated = evidenceNow["provider-statement"]?.objects ?? 0;
  const byDefault = evidenceNow["bucket-default"]?.objects ?? 0;
  return [
    ...said(unknown, `The encryption of ${countOf(unknown, "object")} could not be seen.`),
    ...said(stated, `For ${countOf(stated, "object")} there is only the provider's statement.`),
    ...said(byDefault, `For ${countOf(byDefault, "object")} there is only the bucket's default encryption.`),
  ];
}

function whatKeepsArriving({ arrivals }: Totals, { buckets }: RunRecord): string[] {
  const { count, words } = defaultRemains(buckets);
  return [...said(count, words), ...arrivalWords(arrivals)];
}

function were(count: number): string {
  return `${countOf(count, "object")} ${count === 1 ? "was" : "were"}`;
}

function said(count: number, sentence: string): string[] {
  return count > 0 ? [sentence] : [];
}
