import type { VersionRecord } from "../../journal/observation.js";
import type { OutcomeRecord } from "../../journal/record.js";
import { STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS } from "../../model/reason.js";
import { formatBytes } from "../../model/text.js";
import { ABSENT_WORDS, OUTCOME_WORDS } from "../outcome-words.js";
import { reasonOf } from "../totals.js";
import { VERSION_OUTCOME_WORDS, versionReasonWords } from "../version-words.js";
import { html, type Markup, markedText, NOTHING } from "./markup.js";

/** What is looked at one by one: a current object, or an older version. */
export interface ExceptionRow {
  /** What it is filtered and coloured by. */
  readonly outcome: string;
  readonly outcomeWords: string;
  readonly reason: string;
  readonly reasonWords: string;
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | null;
  readonly sizeBytes: number;
  readonly now: string;
  readonly remarks: readonly string[];
}

export function rowOfObject(record: OutcomeRecord): ExceptionRow {
  const { outcome, bucket, key, before, notes } = record;
  const now = record.after ?? before;
  const reason = reasonOf(record);
  return {
    outcome: outcome.kind,
    outcomeWords: OUTCOME_WORDS[outcome.kind],
    reason,
    reasonWords: REASON_WORDS[reason],
    bucket,
    key,
    versionId: before.versionId,
    sizeBytes: now.sizeBytes,
    now: ABSENT_WORDS[outcome.kind] ?? STATE_WORDS[now.state],
    remarks: remarksOf(outcome, notes),
  };
}

export function rowOfVersion({ outcome, bucket, key, before, notes }: VersionRecord): ExceptionRow {
  return {
    outcome: `older-${outcome.kind}`,
    outcomeWords: `older version ${VERSION_OUTCOME_WORDS[outcome.kind]}`,
    reason: `older-${"reason" in outcome ? outcome.reason : outcome.kind}`,
    reasonWords: versionReasonWords(outcome),
    bucket,
    key,
    versionId: before.versionId ?? "null",
    sizeBytes: before.sizeBytes,
    now: outcome.kind === "vanished" ? "gone" : STATE_WORDS[before.state],
    remarks: remarksOf(outcome, notes),
  };
}

export function exceptionRow(row: ExceptionRow): Markup {
  const { outcome, outcomeWords, reason, reasonWords, bucket, key, versionId, sizeBytes, now, remarks } = row;
  const version = versionId === null ? NOTHING : html`<span class="sub">version ${markedText(versionId)}</span>`;
  const told = remarks.map((remark) => html`<span class="sub">${markedText(remark)}</span>`);
  return html`<tr data-outcome="${outcome}" data-reason="${reason}" data-bucket="${bucket}" data-size="${sizeBytes}"><td data-label="Outcome"><span class="outcome ${outcome}">${outcomeWords}</span></td><td data-label="Object"><div><span class="key">${markedText(key)}</span><span class="sub">${markedText(bucket)}</span>${version}</div></td><td class="num" data-label="Size">${formatBytes(sizeBytes)}</td><td data-label="Encryption now">${now}</td><td data-label="Why"><div>${reasonWords}${told}</div></td></tr>\n`;
}

function remarksOf(outcome: { readonly kind: string; readonly detail?: string }, notes: readonly string[]): string[] {
  const { detail = "" } = outcome;
  return [...(detail === "" ? [] : [detail]), ...notes];
}
