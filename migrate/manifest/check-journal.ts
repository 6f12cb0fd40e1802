import { type JournalLine, journalLines, parseLine } from "../journal/read-journal.js";
import type { JournalRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import { indexScopes, type Scope } from "../model/scope.js";
import { contradiction } from "./contradiction.js";
import type { Finding } from "./finding.js";
import { unfoundedEvidence } from "./unfounded-evidence.js";

const MAX_LINE_FINDINGS = 100;

export interface JournalCheck {
  /** The records that could be read; the findings are complete once it has ended. */
  readonly records: AsyncIterable<JournalRecord>;
  readonly found: () => { readonly lines: number; readonly findings: readonly Finding[]; readonly unreadable: number };
}

/** Reads the journal line by line, and keeps what is wrong with single lines, up to a number. */
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
