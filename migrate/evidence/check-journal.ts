import { type JournalLine, journalLines, parseLine } from "../journal/read-journal.js";
import type { JournalRecord, Observation, OutcomeRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import { indexScopes, type Scope } from "../model/scope.js";
import type { Finding } from "./finding.js";

const MAX_LINE_FINDINGS = 100;

interface JournalCheck {
  /** The readable records. The findings are complete once this iteration has ended. */
  readonly records: AsyncIterable<JournalRecord>;
  readonly found: () => { readonly lines: number; readonly findings: readonly Finding[]; readonly unreadable: number };
}

/** Reads the journal line by line, and collects the problems of single lines up to a limit. */
export function checkJournal(runDir: string, segments: readonly string[], run: RunRecord): JournalCheck {
  const covers = scopeCheck(run.scopes);
  const findings: Finding[] = [];
  let lines = 0;
  let wrong = 0;
  let unreadable = 0;
  const found = (finding: Finding) => {
    wrong += 1;
    if (wrong <= MAX_LINE_FINDINGS) {
      findings.push(finding);
    }
  };
  async function* records() {
    for await (const at of journalLines(runDir, segments)) {
      lines += 1;
      if (at.cutOff) {
        found({ kind: "line-cut-off", path: at.path, line: at.line });
        continue;
      }
      const parsed = parseLine(at);
      if (!parsed.ok) {
        unreadable += 1;
        found({ kind: "line-invalid", path: at.path, line: at.line, problem: parsed.problem });
      } else if (parsed.value.kind !== "segment") {
        lineFindings(at, parsed.value, covers, run).forEach(found);
        yield parsed.value;
      }
    }
    const more = wrong - findings.length;
    if (more > 0) {
      findings.push({ kind: "more-lines", path: "journal", count: more });
    }
  }
  return { records: records(), found: () => ({ lines, findings, unreadable }) };
}

function lineFindings(
  { path, line }: JournalLine,
  record: JournalRecord,
  covers: ScopeCheck,
  run: RunRecord,
): Finding[] {
  const problem = (record.kind === "outcome" ? contradiction(record) : undefined) ?? unfoundedEvidence(record, run);
  return [
    ...(problem === undefined ? [] : [{ kind: "line-contradicts-itself", path, line, problem } as const]),
    ...(covers(record) ? [] : [{ kind: "line-out-of-scope", path, line, problem: placeOf(record) } as const]),
  ];
}

type ScopeCheck = (record: JournalRecord) => boolean;

function scopeCheck(scopes: readonly Scope[]): ScopeCheck {
  const index = indexScopes(scopes, () => true);
  return (record) => ("prefix" in record ? index.exact(record) : index.owner(record.bucket, record.key)) !== undefined;
}

function placeOf(record: JournalRecord): string {
  return `s3://${record.bucket}/${"prefix" in record ? record.prefix : record.key}`;
}

/** The contradiction between what a record claims and what it observed; undefined if they agree. */
function contradiction({ outcome, before, after }: OutcomeRecord): string | undefined {
  if (outcome.kind === "migrated" && !isEncrypted(after)) {
    return `migrated, yet the state after is ${after?.state ?? "missing"}`;
  }
  if (outcome.kind === "already-encrypted" && !isEncrypted(before)) {
    return `already encrypted, yet the state before is ${before.state}`;
  }
  const unseen = [before, after].find((seen) => seen !== null && seen.evidence === null && seen.state !== "unknown");
  return unseen ? `the state ${unseen.state} has no evidence` : undefined;
}

function isEncrypted(seen: Observation | null): boolean {
  return seen !== null && seen.state !== "none" && seen.state !== "unknown";
}

type RunSources = Pick<RunRecord, "command" | "baseline" | "keyManifest">;

/**
 * Evidence of a line that run.json does not account for, in words. Undefined if the line's evidence is the
 * run's own look or a source that run.json names. Pure.
 */
export function unfoundedEvidence(record: JournalRecord, run: RunSources): string | undefined {
  if (record.kind !== "outcome" && record.kind !== "version") return undefined;
  const { evidence } = record.before;
  const isTaken = record.baseline?.use === "taken";
  if (isTaken !== (evidence === "baseline")) {
    return isTaken
      ? `taken from a baseline, yet its evidence is ${evidence}`
      : "its evidence is a baseline, but it names no line of one";
  }
  const { baseline } = record;
  if (baseline !== undefined) return unfoundedBaseline(baseline.run, run);
  if ("readBecause" in record && run.baseline === undefined) {
    return "it says why a baseline was not used, but the run had none";
  }
  return evidence === "inventory" ? unfoundedInventory(run) : undefined;
}

function unfoundedBaseline(origin: string, { command, baseline }: RunSources): string | undefined {
  if (baseline === undefined || command !== "audit") return "it names a line of a baseline, but the run used none";
  if (baseline.dropped !== null) return "it names a line of a baseline that was dropped";
  if (baseline.leftOut !== undefined) return "it names a line of a baseline that was left out";
  const isKnown = origin === baseline.run || baseline.origins.some(({ run }) => run === origin);
  return isKnown ? undefined : `it names a line of run ${origin}, which the baseline does not rest on`;
}

function unfoundedInventory({ command, keyManifest }: RunSources): string | undefined {
  const went = command === "audit" && keyManifest?.format === "inventory";
  return went ? undefined : "its evidence is an inventory, but the run used none";
}
