import { STATE_WORDS } from "../../inspect/encryption-state.js";
import type { OutcomeRecord } from "../../journal/record.js";
import { REASON_WORDS } from "../../plan/reason.js";
import { formatBytes } from "../figures.js";
import { OUTCOME_WORDS } from "../outcome-words.js";
import { reasonOf } from "../totals.js";
import { html, type Markup, markedText, NOTHING } from "./markup.js";

export function exceptionRow(record: OutcomeRecord): Markup {
  const { outcome, bucket, key, before } = record;
  const now = record.after ?? before;
  const reason = reasonOf(record);
  const version =
    before.versionId === null ? NOTHING : html`<span class="sub">version ${markedText(before.versionId)}</span>`;
  return html`<tr data-outcome="${outcome.kind}" data-reason="${reason}" data-bucket="${bucket}" data-size="${now.sizeBytes}"><td data-label="Outcome"><span class="outcome ${outcome.kind}">${OUTCOME_WORDS[outcome.kind]}</span></td><td data-label="Object"><div><span class="key">${markedText(key)}</span><span class="sub">${markedText(bucket)}</span>${version}</div></td><td class="num" data-label="Size">${formatBytes(now.sizeBytes)}</td><td data-label="Encryption now">${outcome.kind === "vanished" ? "gone" : STATE_WORDS[now.state]}</td><td data-label="Why"><div>${REASON_WORDS[reason]}${remarks(record)}</div></td></tr>\n`;
}

function remarks({ outcome, notes }: OutcomeRecord): readonly Markup[] {
  const detail = outcome.kind === "failed" && outcome.detail !== "" ? [outcome.detail] : [];
  return [...detail, ...notes].map((remark) => html`<span class="sub">${markedText(remark)}</span>`);
}
