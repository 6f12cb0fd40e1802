import type { OutcomeRecord } from "../../journal/record.js";
import { REASON_WORDS } from "../../plan/reason.js";
import { formatCount } from "../figures.js";
import { OUTCOME_WORDS } from "../outcome-words.js";
import { reasonOf } from "../totals.js";
import { html, type Markup } from "./markup.js";

/** Hidden until the script, which they need, shows them. */
export function filters(records: readonly OutcomeRecord[]): Markup {
  return html`<form class="filters" id="filters" hidden autocomplete="off">
<label class="wide">Search<input type="search" name="search" placeholder="Key, bucket, words or error"></label>
${select(
  "outcome",
  "Outcome",
  records,
  ({ outcome }) => outcome.kind,
  (kind) => OUTCOME_WORDS[kind],
)}
${select("reason", "Reason", records, reasonOf, (reason) => REASON_WORDS[reason])}
${select(
  "bucket",
  "Bucket",
  records,
  ({ bucket }) => bucket,
  (bucket) => bucket,
)}
<button type="reset" class="plain">Clear</button>
</form>
<output class="matching" id="matching" for="filters" hidden></output>
`;
}

function select<K extends string>(
  name: string,
  label: string,
  records: readonly OutcomeRecord[],
  read: (record: OutcomeRecord) => K,
  words: (value: K) => string,
): Markup {
  const counts = new Map<K, number>();
  for (const record of records) {
    const value = read(record);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const options = [...counts].map(
    ([value, count]) => html`<option value="${value}">${words(value)} (${formatCount(count)})</option>`,
  );
  return html`<label>${label}<select name="${name}"><option value="">All</option>${options}</select></label>`;
}
