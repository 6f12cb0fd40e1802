import { formatCount } from "../../model/text.js";
import type { ExceptionRow } from "./exception-rows.js";
import { html, type Markup } from "./markup.js";

/** Hidden until the script, which they need, shows them. */
export function filters(rows: readonly ExceptionRow[]): Markup {
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
