import type { Observation, VersionRecord } from "../../journal/observation.js";
import type { OutcomeRecord } from "../../journal/record.js";
import type { Summary } from "../summary.js";
import { CSV_COLUMNS, listOf } from "./csv-row.js";
import { neutraliseFormula } from "./neutralise-formula.js";

type Column = keyof typeof CSV_COLUMNS;
type Cells = Readonly<Partial<Record<Column, string | number | null>>>;

/** The row of a noncurrent version, under the columns of the objects. */
export function csvVersionRow(record: VersionRecord): string[] {
  const { outcome, notes, requestIds = [], baseline } = record;
  return toRow({
    ...placeOf(record, record.before),
    outcome: outcome.kind,
    outcomeReason: "reason" in outcome ? outcome.reason : null,
    outcomeDetail: outcome.kind === "failed" ? outcome.detail : null,
    durationMs: record.durationMs ?? null,
    requestIds: listOf(requestIds),
    notes: listOf(notes),
    baseline: baseline === undefined ? null : JSON.stringify(baseline),
    lockedUntil: outcome.kind === "plaintext" ? outcome.until : null,
    at: record.at,
  });
}

/** A row for each older version that was re-created with its object. */
export function csvReplayedRows(record: OutcomeRecord): string[][] {
  return (record.replayed ?? []).map(({ before, after, strategy, guard, requestIds = [] }) =>
    toRow({
      ...placeOf(record, before),
      versionIdAfter: after.versionId,
      sizeBytesAfter: after.sizeBytes,
      storageClassAfter: after.storageClass,
      etagAfter: after.etag,
      lastModifiedAfter: after.lastModified,
      stateAfter: after.state,
      evidenceAfter: after.evidence,
      outcome: "replayed",
      strategy: strategy ?? null,
      guard: guard ?? null,
      requestIds: listOf(requestIds),
      at: record.at,
    }),
  );
}

/** A row for each location that was not seen, which has no key. */
export function csvUnseenRows({ scopes }: Summary): string[][] {
  return scopes.flatMap(({ bucket, prefix, unseen }) => {
    if (unseen === undefined) return [];
    const outcomeDetail = `s3://${bucket}/${prefix}: ${unseen.detail}`;
    return [toRow({ bucket, outcome: "not-seen", outcomeReason: unseen.because, outcomeDetail })];
  });
}

function placeOf({ bucket, key }: { readonly bucket: string; readonly key: string }, before: Observation): Cells {
  const { versionId, sizeBytes, etag, storageClass, lastModified, state, evidence } = before;
  return {
    bucket,
    key,
    versionId,
    sizeBytes,
    etagBefore: etag,
    storageClass,
    lastModifiedBefore: lastModified,
    stateBefore: state,
    evidenceBefore: evidence,
    current: "false",
  };
}

function toRow(cells: Cells): string[] {
  return (Object.keys(CSV_COLUMNS) as Column[]).map((column) => neutraliseFormula(String(cells[column] ?? "")));
}
