import type { OutcomeRecord } from "../../journal/record.js";
import { neutraliseFormula } from "./neutralise-formula.js";

type Cell = string | number | null | undefined;

/** The columns of report.csv in their order; lists are JSON arrays, and an empty cell is nothing known. */
export const CSV_COLUMNS = {
  bucket: (record) => record.bucket,
  key: (record) => record.key,
  versionId: (record) => record.before.versionId,
  versionIdAfter: (record) => record.after?.versionId,
  sizeBytes: (record) => record.before.sizeBytes,
  sizeBytesAfter: (record) => record.after?.sizeBytes,
  etagBefore: (record) => record.before.etag,
  etagAfter: (record) => record.after?.etag,
  storageClass: (record) => record.before.storageClass,
  storageClassAfter: (record) => record.after?.storageClass,
  lastModifiedBefore: (record) => record.before.lastModified,
  lastModifiedAfter: (record) => record.after?.lastModified,
  stateBefore: (record) => record.before.state,
  evidenceBefore: (record) => record.before.evidence,
  stateAfter: (record) => record.after?.state,
  evidenceAfter: (record) => record.after?.evidence,
  decision: (record) => record.decision.kind,
  decisionReason: (record) => record.decision.reason,
  outcome: (record) => record.outcome.kind,
  outcomeReason: ({ outcome }) => ("reason" in outcome ? outcome.reason : null),
  outcomeDetail: ({ outcome }) => (outcome.kind === "failed" ? outcome.detail : null),
  strategy: ({ outcome }) => (outcome.kind === "migrated" ? outcome.strategy : null),
  guard: ({ outcome }) => (outcome.kind === "migrated" ? outcome.guard : null),
  attempts: (record) => record.attempts,
  durationMs: (record) => record.durationMs,
  requestIds: (record) => listOf(record.requestIds),
  notes: (record) => listOf(record.notes),
  /** When the lock of a noncurrent version ends that keeps it from being removed. */
  lockedUntil: () => null,
  /** The line of an earlier run that had to do with it, as JSON. */
  baseline: ({ baseline }) => (baseline === undefined ? null : JSON.stringify(baseline)),
  at: (record) => record.at,
  /** `false` for a noncurrent version. */
  current: () => "true",
} satisfies Record<string, (record: OutcomeRecord) => Cell>;

const CELLS = Object.values(CSV_COLUMNS) as readonly ((record: OutcomeRecord) => Cell)[];

export function csvRow(record: OutcomeRecord): string[] {
  return CELLS.map((cell) => neutraliseFormula(String(cell(record) ?? "")));
}

export function listOf(values: readonly string[]): string | null {
  return values.length === 0 ? null : JSON.stringify(values);
}
