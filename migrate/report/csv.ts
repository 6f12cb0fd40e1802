import type { Observation, VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import { beginsInvisibly } from "../model/text.js";
import type { Summary } from "./summary.js";
import type { ReportSource } from "./survey.js";

type Cell = string | number | null | undefined;

/** The columns of report.csv in order. Lists are JSON arrays; an empty cell means unknown. */
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
  /** When the lock that keeps a noncurrent version from being removed ends. */
  lockedUntil: () => null,
  /** The line of an earlier run that was used for it, as JSON. */
  baseline: ({ baseline }) => (baseline === undefined ? null : JSON.stringify(baseline)),
  at: (record) => record.at,
  /** `false` for a noncurrent version. */
  current: () => "true",
} satisfies Record<string, (record: OutcomeRecord) => Cell>;

const CELLS = Object.values(CSV_COLUMNS) as readonly ((record: OutcomeRecord) => Cell)[];

function csvRow(record: OutcomeRecord): string {
  return CELLS.map((cell) => cellText(cell(record))).join(",");
}

function listOf(values: readonly string[]): string | null {
  return values.length === 0 ? null : JSON.stringify(values);
}

type Column = keyof typeof CSV_COLUMNS;
type Cells = Readonly<Partial<Record<Column, string | number | null>>>;

/** The row of a noncurrent version, in the columns of the objects. */
function csvVersionRow(record: VersionRecord): string {
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

/** One row per noncurrent version that was re-created with its object. */
function csvReplayedRows(record: OutcomeRecord): string[] {
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

/** One row per location that was not seen. It has no key. */
function csvUnseenRows({ scopes }: Summary): string[] {
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

function toRow(cells: Cells): string {
  return (Object.keys(CSV_COLUMNS) as Column[]).map((column) => cellText(cells[column])).join(",");
}

// Characters at which a spreadsheet may start a formula, in ASCII and full width, also after blanks that it
// trims. Includes the apostrophe itself, so that the rule is reversible.
const NEEDS_APOSTROPHE = /^[\s'=+\-@＝＋－＠﹢﹣﹦﹫]/;

/**
 * A text cell that no spreadsheet evaluates. If the result begins with an apostrophe, remove the first
 * apostrophe to get the original value; any other cell is unchanged.
 */
export function neutraliseFormula(text: string): string {
  return NEEDS_APOSTROPHE.test(text) || beginsInvisibly(text) ? `'${text}` : text;
}

/** The original value of a cell. */
export function undoNeutraliseFormula(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}

const ROWS_A_CHUNK = 100;

/**
 * report.csv: RFC 4180 in UTF-8. First one row per location that was not seen, then one per outcome in
 * journal order. For its apostrophes see `neutraliseFormula`.
 */
export async function* renderCsv({ readJournal, survey }: Omit<ReportSource, "run">): AsyncGenerator<string> {
  let rows = [Object.keys(CSV_COLUMNS).join(","), ...csvUnseenRows(survey.summary)];
  for await (const record of readJournal()) {
    if (record.kind === "outcome") rows.push(csvRow(record), ...csvReplayedRows(record));
    if (record.kind === "version") rows.push(csvVersionRow(record));
    if (rows.length < ROWS_A_CHUNK) continue;
    yield textOf(rows);
    rows = [];
  }
  yield textOf(rows);
}

function textOf(rows: readonly string[]): string {
  return [...rows, ""].join("\r\n");
}

/** Neither the beginning of a formula nor in need of quotes, as most cells are. */
const PLAIN = /^[0-9A-Za-z][\w .:/-]*$/;
/** A single CR or LF in a cell is quoted too, because a reader may treat either as the end of a row. */
const NEEDS_QUOTES = /[",\r\n]/;

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined || cell === "") return "";
  const text = String(cell);
  if (PLAIN.test(text)) return text;
  const safe = neutraliseFormula(text);
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
