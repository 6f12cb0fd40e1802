import type { RunRecord } from "../journal/run-record.js";
import { differingCount, presentCount, unprovenCount } from "./counts.js";
import { countOf, formatCount } from "./figures.js";
import type { NoncurrentTotals } from "./noncurrent.js";
import { type RunState, runState } from "./run-state.js";
import type { Summary, Totals } from "./summary.js";
import { verdictDetail } from "./verdict-detail.js";
import type { VerdictKind } from "./verdict-kind.js";

export interface Verdict {
  readonly kind: VerdictKind;
  /** One line, for the top of everything. */
  readonly headline: string;
  /** A few plain sentences. */
  readonly detail: string;
}

/** What can be said of a run, and no more than was seen. */
export function verdict(summary: Summary, run: RunRecord): Verdict {
  const { total } = summary;
  const kind = verdictKind(total, run);
  return { kind, headline: headline(kind, total, run), detail: verdictDetail(kind, total, run).join(" ") };
}

function verdictKind(total: Totals, run: RunRecord): VerdictKind {
  if (runState(run) !== "complete" || !total.closes || !isAccountedFor(total.noncurrent)) {
    return "incomplete";
  }
  if (total.statesNow.none.objects > 0 || olderPlaintext(total) > 0) {
    return "unencrypted-remain";
  }
  if (differingCount(total) > 0) return "differs";
  if (unprovenCount(total) > 0 || olderUnseen(total) > 0) {
    return "unproven";
  }
  return presentCount(total) === 0 ? "nothing-listed" : "sealed";
}

/** Where a store refuses to show older versions, that is a limit of the run, and told as such. */
function isAccountedFor(noncurrent: NoncurrentTotals | undefined): boolean {
  return noncurrent === undefined || noncurrent.closes || noncurrent.refused !== null;
}

function olderPlaintext({ noncurrent }: Totals): number {
  return noncurrent?.outcomes.plaintext.objects ?? 0;
}

function olderUnseen({ noncurrent }: Totals): number {
  return (noncurrent?.outcomes.unproven.objects ?? 0) + (noncurrent?.outcomes.failed.objects ?? 0);
}

/** A run that somebody stopped, or that goes on, is no bad sign. */
const INCOMPLETE_WORDS: Readonly<Record<RunState, string>> = {
  complete: "Incomplete",
  aborted: "Incomplete",
  interrupted: "Interrupted",
  unended: "Not ended",
};

function headline(kind: VerdictKind, total: Totals, run: RunRecord): string {
  const present = presentCount(total);
  const none = total.statesNow.none.objects;
  const ratio = `${formatCount(none)} of ${countOf(present, "object")}`;
  const one = none === 1 || present === 1;
  const are = one ? "is" : "are";
  switch (kind) {
    case "sealed":
    case "unencrypted-remain": {
      const remain = one ? "remains" : "remain";
      return withOlder(`${ratio} ${run.command === "migrate" && !run.dryRun ? remain : are} unencrypted`, none, total);
    }
    case "differs": {
      const differing = differingCount(total);
      const differ = differing === 1 ? "differs" : "differ";
      return `${ratio} ${one ? "remains" : "remain"} unencrypted, but ${formatCount(differing)} ${differ} from what was copied`;
    }
    case "unproven":
      return `${ratio} ${one ? "was" : "were"} seen unencrypted, but ${unprovenWords(total)} could not be proven encrypted`;
    case "incomplete":
      return `${INCOMPLETE_WORDS[runState(run)]}: ${ratio} seen so far ${are} unencrypted`;
    case "nothing-listed":
      return "No object was found in scope";
  }
}

function withOlder(words: string, none: number, total: Totals): string {
  const older = olderPlaintext(total);
  if (older === 0) return words;
  const are = older === 1 ? "is" : "are";
  const versions = countOf(older, "older version");
  return none === 0 ? `${versions} ${are} unencrypted, and no object is` : `${words}, and so ${are} ${versions}`;
}

function unprovenWords(total: Totals): string {
  const objects = unprovenCount(total);
  const older = olderUnseen(total);
  if (older === 0) return formatCount(objects);
  const versions = countOf(older, "older version");
  return objects === 0 ? versions : `${formatCount(objects)} and ${versions}`;
}
