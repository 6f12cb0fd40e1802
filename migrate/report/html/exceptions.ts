import type { VersionRecord } from "../../journal/observation.js";
import type { OutcomeRecord } from "../../journal/record.js";
import { STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS } from "../../model/reason.js";
import { countOf, formatBytes, formatCount } from "../../model/text.js";
import type { Exceptions, VersionExceptions } from "../exceptions.js";
import { VERSION_OUTCOME_WORDS, versionReasonWords } from "../noncurrent.js";
import { ABSENT_WORDS, OUTCOME_WORDS } from "../tally.js";
import { reasonOf } from "../totals.js";
import { html, type Markup, markedText, NOTHING } from "./markup.js";

/** One exception: a current object or a noncurrent version. */
interface ExceptionRow {
  /** Used for filter and colour. */
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

function rowOfObject(record: OutcomeRecord): ExceptionRow {
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

function rowOfVersion({ outcome, bucket, key, before, notes }: VersionRecord): ExceptionRow {
  return {
    outcome: `older-${outcome.kind}`,
    outcomeWords: `noncurrent version ${VERSION_OUTCOME_WORDS[outcome.kind]}`,
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

function exceptionRow(row: ExceptionRow): Markup {
  const { outcome, outcomeWords, reason, reasonWords, bucket, key, versionId, sizeBytes, now, remarks } = row;
  const version = versionId === null ? NOTHING : html`<span class="sub">version ${markedText(versionId)}</span>`;
  const told = remarks.map((remark) => html`<span class="sub">${markedText(remark)}</span>`);
  return html`<tr data-outcome="${outcome}" data-reason="${reason}" data-bucket="${bucket}" data-size="${sizeBytes}"><td data-label="Outcome"><span class="outcome ${outcome}">${outcomeWords}</span></td><td data-label="Object"><div><span class="key">${markedText(key)}</span><span class="sub">${markedText(bucket)}</span>${version}</div></td><td class="num" data-label="Size">${formatBytes(sizeBytes)}</td><td data-label="Encryption now">${now}</td><td data-label="Why"><div>${reasonWords}${told}</div></td></tr>\n`;
}

function remarksOf(outcome: { readonly kind: string; readonly detail?: string }, notes: readonly string[]): string[] {
  const { detail = "" } = outcome;
  return [...(detail === "" ? [] : [detail]), ...notes];
}

const ROWS_ON_PAPER = 300;

/**
 * The exceptions that an auditor should look at individually. Yields one row at a time, since there may be
 * many.
 */
export function* exceptionSection(objects: Exceptions, versions: VersionExceptions): Generator<Markup> {
  yield html`<section id="exceptions">
<h2>Exceptions</h2>
`;
  if (objects.total + versions.total === 0) {
    yield html`<p class="empty">None: every object listed was encrypted already, or was encrypted with nothing to note.</p>
</section>
`;
    return;
  }
  const rows = [...objects.first.map(rowOfObject), ...versions.first.map(rowOfVersion)];
  yield html`<p class="lead">${countWords(objects, versions)}</p>
${rows.length > ROWS_ON_PAPER ? html`<p class="note paper">Printed, only some of these rows; report.csv has every object.</p>` : NOTHING}
${filters(rows)}
<table id="exceptions-table" class="cards unscripted">
<thead><tr><th scope="col" class="c-outcome" data-sort="outcome">Outcome</th><th scope="col" class="c-object" data-sort="object">Object</th><th scope="col" class="num c-size" data-sort="size">Size</th><th scope="col" class="c-now" data-sort="now">Encryption now</th><th scope="col" class="c-why" data-sort="why">Why</th></tr></thead>
<tbody>
`;
  for (const row of rows) yield exceptionRow(row);
  yield html`</tbody>
</table>
<p class="more" id="more" hidden><button type="button" class="plain">Show 1,000 more</button></p>
</section>
`;
}

function countWords(objects: Exceptions, versions: VersionExceptions): string {
  const what = "Objects that are not clearly encrypted, and encrypted ones with a note";
  const ofObjects =
    objects.first.length === objects.total
      ? `${what}: ${formatCount(objects.total)} in all, the worst first.`
      : `${what}: ${formatCount(objects.total)} in all, of which the ${formatCount(objects.first.length)} worst are here. All are in report.csv.`;
  return [ofObjects, ...versionWords(versions)].join(" ");
}

function versionWords({ total, first }: VersionExceptions): string[] {
  if (total === 0) return [];
  const what = `After them, ${countOf(total, "noncurrent version")} that ${total === 1 ? "is" : "are"} not clearly encrypted`;
  return first.length === total
    ? [`${what}.`]
    : [`${what}, of which the first ${formatCount(first.length)} are here; all are in report.csv.`];
}

/** Hidden until the script shows them, because they need it. */
function filters(rows: readonly ExceptionRow[]): Markup {
  return html`<form class="filters" id="filters" hidden autocomplete="off">
<label class="wide">Search<input type="search" name="search" placeholder="Key, bucket, words or error"></label>
${select("outcome", "Outcome", rows, ({ outcome, outcomeWords }) => [outcome, outcomeWords])}
${select("reason", "Reason", rows, ({ reason, reasonWords }) => [reason, reasonWords])}
${select("bucket", "Bucket", rows, ({ bucket }) => [bucket, bucket])}
<button type="reset" class="plain">Clear</button>
</form>
<output class="matching" id="matching" for="filters" hidden></output>
`;
}

function select(
  name: string,
  label: string,
  rows: readonly ExceptionRow[],
  read: (row: ExceptionRow) => readonly [value: string, words: string],
): Markup {
  const counts = new Map<string, { readonly words: string; readonly count: number }>();
  for (const row of rows) {
    const [value, words] = read(row);
    counts.set(value, { words, count: (counts.get(value)?.count ?? 0) + 1 });
  }
  const options = [...counts].map(
    ([value, { words, count }]) => html`<option value="${value}">${words} (${formatCount(count)})</option>`,
  );
  return html`<label>${label}<select name="${name}"><option value="">All</option>${options}</select></label>`;
}
