import type { VersionRecord } from "../../journal/observation.js";
import type { OutcomeRecord } from "../../journal/record.js";
import { STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS } from "../../model/reason.js";
import { type Exceptions, type VersionExceptions, versionReasonWords } from "../exceptions.js";
import type { Language } from "../language.js";
import { VERSION_OUTCOME_WORDS } from "../noncurrent.js";
import { ABSENT_WORDS, OUTCOME_WORDS, reasonOf } from "../tally.js";
import { html, type Markup, markedText, NOTHING, recordedText } from "./markup.js";

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

function rowOfObject(record: OutcomeRecord, { say }: Language): ExceptionRow {
  const { outcome, bucket, key, before, notes } = record;
  const now = record.after ?? before;
  const reason = reasonOf(record);
  return {
    outcome: outcome.kind,
    outcomeWords: say(OUTCOME_WORDS[outcome.kind]),
    reason,
    reasonWords: say(REASON_WORDS[reason]),
    bucket,
    key,
    versionId: before.versionId,
    sizeBytes: now.sizeBytes,
    now: say(ABSENT_WORDS[outcome.kind] ?? STATE_WORDS[now.state]),
    remarks: remarksOf(outcome, notes),
  };
}

function rowOfVersion({ outcome, bucket, key, before, notes }: VersionRecord, lang: Language): ExceptionRow {
  const { say } = lang;
  return {
    outcome: `older-${outcome.kind}`,
    outcomeWords: say("noncurrent version {outcome}", {
      outcome: say(`${VERSION_OUTCOME_WORDS[outcome.kind]}{#version}`),
    }),
    reason: `older-${"reason" in outcome ? outcome.reason : outcome.kind}`,
    reasonWords: versionReasonWords(outcome, lang),
    bucket,
    key,
    versionId: before.versionId ?? "null",
    sizeBytes: before.sizeBytes,
    now: say(outcome.kind === "vanished" ? "gone" : STATE_WORDS[before.state]),
    remarks: remarksOf(outcome, notes),
  };
}

function exceptionRow(row: ExceptionRow, lang: Language): Markup {
  const { say } = lang;
  const { outcome, outcomeWords, reason, reasonWords, bucket, key, versionId, sizeBytes, now, remarks } = row;
  const version =
    versionId === null ? NOTHING : html`<span class="sub">${say("version")} ${markedText(versionId)}</span>`;
  const told = remarks.map((remark) => html`<span class="sub">${recordedText(remark, lang)}</span>`);
  return html`<tr data-outcome="${outcome}" data-reason="${reason}" data-bucket="${bucket}" data-size="${sizeBytes}"><td data-label="${say("Outcome")}"><span class="outcome ${outcome}">${outcomeWords}</span></td><td data-label="${say("Object")}"><div><span class="key">${markedText(key)}</span><span class="sub">${markedText(bucket)}</span>${version}</div></td><td class="num" data-label="${say("Size")}">${lang.bytes(sizeBytes)}</td><td data-label="${say("Encryption now")}">${now}</td><td data-label="${say("Why")}"><div>${reasonWords}${told}</div></td></tr>\n`;
}

function remarksOf(outcome: { readonly kind: string; readonly detail?: string }, notes: readonly string[]): string[] {
  const { detail = "" } = outcome;
  return [...(detail === "" ? [] : [detail]), ...notes];
}

/** As in the style of the printed page. */
const ROWS_ON_PAPER = 50;

/**
 * The exceptions that an auditor should look at individually. Yields one row at a time, since there may be
 * many.
 */
export function* exceptionSection(objects: Exceptions, versions: VersionExceptions, lang: Language): Generator<Markup> {
  const { say } = lang;
  yield html`<section id="exceptions">
<h2>${say("Exceptions")}</h2>
`;
  if (objects.total + versions.total === 0) {
    yield html`<p class="empty">${say("None: no object that was examined needs a closer look.")}</p>
</section>
`;
    return;
  }
  const rows = [
    ...objects.first.map((record) => rowOfObject(record, lang)),
    ...versions.first.map((record) => rowOfVersion(record, lang)),
  ];
  yield html`<p class="lead">${countWords(objects, versions, lang)}</p>
${rows.length > ROWS_ON_PAPER ? html`<p class="note paper">${say("Printed, only some of these rows; report.csv has every object.")}</p>` : NOTHING}
${filters(rows, lang)}
<table id="exceptions-table" class="cards unscripted">
<thead><tr><th scope="col" class="c-outcome" data-sort="outcome">${say("Outcome")}</th><th scope="col" class="c-object" data-sort="object">${say("Object")}</th><th scope="col" class="num c-size" data-sort="size">${say("Size")}</th><th scope="col" class="c-now" data-sort="now">${say("Encryption now")}</th><th scope="col" class="c-why" data-sort="why">${say("Why")}</th></tr></thead>
<tbody>
`;
  for (const row of rows) yield exceptionRow(row, lang);
  yield html`</tbody>
</table>
<p class="more" id="more" hidden><button type="button" class="plain">${say("Show {n} more", { n: 1000 })}</button></p>
</section>
`;
}

function countWords({ total: n, first }: Exceptions, versions: VersionExceptions, lang: Language): string {
  const { say } = lang;
  const ofObjects =
    first.length === n
      ? say("Objects that are not clearly encrypted, and encrypted ones with a note: {n} in all, the worst first.", {
          n,
        })
      : say(
          "Objects that are not clearly encrypted, and encrypted ones with a note: {n} in all, of which the {first} worst are here. All are in report.csv.",
          { n, first: first.length },
        );
  return [ofObjects, ...versionWords(versions, lang)].join(" ");
}

function versionWords({ total: n, first }: VersionExceptions, { say }: Language): string[] {
  if (n === 0) return [];
  return first.length === n
    ? [say("After them, {n} noncurrent {n|version that is|versions that are} not clearly encrypted.", { n })]
    : [
        say(
          "After them, {n} noncurrent {n|version that is|versions that are} not clearly encrypted, of which the first {first} are here; all are in report.csv.",
          { n, first: first.length },
        ),
      ];
}

/** Hidden until the script shows them, because they need it. */
function filters(rows: readonly ExceptionRow[], lang: Language): Markup {
  const { say } = lang;
  return html`<form class="filters" id="filters" hidden autocomplete="off">
<label class="wide">${say("Search")}<input type="search" name="search" placeholder="${say("Key, bucket, words or error")}"></label>
${select(
  "outcome",
  say("Outcome"),
  countsOf(rows, ({ outcome, outcomeWords }) => [outcome, outcomeWords]),
  lang,
)}
${select(
  "reason",
  say("Reason"),
  countsOf(rows, ({ reason, reasonWords }) => [reason, reasonWords]),
  lang,
)}
${select(
  "bucket",
  say("Bucket"),
  countsOf(rows, ({ bucket }) => [bucket, bucket]),
  lang,
)}
<button type="reset" class="plain">${say("Clear")}</button>
</form>
<output class="matching" id="matching" for="filters" hidden></output>
`;
}

type ValueCounts = ReadonlyMap<string, { readonly words: string; readonly count: number }>;

function countsOf(
  rows: readonly ExceptionRow[],
  read: (row: ExceptionRow) => readonly [value: string, words: string],
): ValueCounts {
  const counts = new Map<string, { readonly words: string; readonly count: number }>();
  for (const row of rows) {
    const [value, words] = read(row);
    counts.set(value, { words, count: (counts.get(value)?.count ?? 0) + 1 });
  }
  return counts;
}

function select(name: string, label: string, counts: ValueCounts, lang: Language): Markup {
  const options = [...counts].map(
    ([value, { words, count }]) => html`<option value="${value}">${words} (${lang.count(count)})</option>`,
  );
  const all = lang.say("All");
  return html`<label>${label}<select name="${name}"><option value="">${all}</option>${options}</select></label>`;
}
