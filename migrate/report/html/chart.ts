import { type EncryptionState, STATE_WORDS } from "../../model/encryption.js";
import { formatBytes, formatCount } from "../../model/text.js";
import type { Totals } from "../summary.js";
import { emptyTally, type Tally } from "../tally.js";
import { html, type Markup, NOTHING } from "./markup.js";

type Unit = keyof Tally;

// States that are not proven encrypted have a pattern as well as a colour, so that they show without colour
// and on paper.
const PATTERNS: Readonly<Partial<Record<EncryptionState, "hatch" | "dots">>> = {
  none: "hatch",
  unknown: "dots",
  "provider-managed": "dots",
};

/** One full-width bar with a slice per state. */
export function bar(
  id: string,
  title: string,
  states: readonly EncryptionState[],
  tallies: Partial<Totals["statesNow"]>,
  unit: Unit,
): Markup {
  const shares = widths(states.map((state) => tallies[state]?.[unit] ?? 0));
  const description = states
    .map((state) => `${STATE_WORDS[state]}: ${figure(tallies[state] ?? emptyTally(), unit)}`)
    .join("; ");
  let from = 0;
  const slices = states.map((state, index) => {
    const width = shares[index] ?? 0;
    const drawn = width === 0 ? NOTHING : slice(state, from, width);
    from += width;
    return drawn;
  });
  return html`<svg class="bar" role="img" aria-labelledby="${id}-title ${id}-text"><title id="${id}-title">${title}</title><desc id="${id}-text">${description}</desc>${slices}</svg>`;
}

/** The legend symbol of a state. */
export function swatch(state: EncryptionState): Markup {
  return html`<svg class="swatch" aria-hidden="true" focusable="false">${slice(state, 0, 100)}</svg>`;
}

/** Include it once on a page with bars. */
export function patterns(): Markup {
  return html`<svg class="patterns" aria-hidden="true" focusable="false"><defs>
<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="ink-hatch" d="M0 0 V7"/></pattern>
<pattern id="dots" width="7" height="7" patternUnits="userSpaceOnUse"><circle class="ink-dots" cx="3.5" cy="3.5" r="1.4"/></pattern>
</defs></svg>`;
}

function slice(state: EncryptionState, from: number, width: number): Markup {
  const pattern = PATTERNS[state];
  const place = html`x="${percent(from)}" width="${percent(width)}" height="100%"`;
  const over = pattern === undefined ? NOTHING : html`<rect ${place} fill="url(#${pattern})"/>`;
  return html`<rect class="${state}" ${place}/>${over}`;
}

function percent(share: number): string {
  return `${share.toFixed(3)}%`;
}

function figure(tally: Tally, unit: Unit): string {
  return unit === "bytes" ? formatBytes(tally.bytes) : formatCount(tally.objects);
}

/** Smaller slices would be invisible, although one object in a million may be the one that matters. */
const MIN_PERCENT = 1;

/**
 * Percentages of a bar for each figure. Every figure above zero stays visible, at the expense of larger ones.
 */
export function widths(figures: readonly number[]): readonly number[] {
  const sum = figures.reduce((total, figure) => total + figure, 0);
  if (sum === 0) {
    return figures.map(() => 0);
  }
  const raised = figures.map((figure) => (figure === 0 ? 0 : Math.max(MIN_PERCENT, (figure / sum) * 100)));
  const total = raised.reduce((all, width) => all + width, 0);
  return raised.map((width) => (width / total) * 100);
}

/** The non-empty tallies of a table, with words for their keys. */
export function tallyTable<K extends string>(
  title: string,
  table: Readonly<Partial<Record<K, Tally>>>,
  words: (key: K) => string,
): Markup {
  const entries = (Object.entries(table) as [K, Tally][]).filter(([, tally]) => tally.objects > 0);
  if (entries.length === 0) {
    return html`<p class="empty">Nothing to show.</p>`;
  }
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">${title}</th><th scope="col" class="num">Objects</th><th scope="col" class="num">Size</th></tr></thead>
<tbody>
${entries.map(([key, { objects, bytes }]) => html`<tr><th scope="row">${words(key)}</th><td class="num">${formatCount(objects)}</td><td class="num">${formatBytes(bytes)}</td></tr>\n`)}</tbody>
</table></div>`;
}
