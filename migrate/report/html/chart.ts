import { type EncryptionState, STATE_WORDS } from "../../model/encryption.js";
import type { Language } from "../language.js";
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

interface Bar {
  readonly id: string;
  readonly title: string;
  readonly states: readonly EncryptionState[];
  readonly tallies: Partial<Totals["statesNow"]>;
  readonly unit: Unit;
}

/** One full-width bar with a slice per state, and a note if a slice is drawn larger than it is. */
export function bar({ id, title, states, tallies, unit }: Bar, lang: Language): Markup {
  const figures = states.map((state) => tallies[state]?.[unit] ?? 0);
  const shares = widths(figures);
  const description = states
    .map((state) =>
      lang.say("{label}: {words}", {
        label: lang.say(STATE_WORDS[state]),
        words: figure(tallies[state] ?? emptyTally(), unit, lang),
      }),
    )
    .join("; ");
  let from = 0;
  const slices = states.map((state, index) => {
    const width = shares[index] ?? 0;
    const drawn = width === 0 ? NOTHING : slice(state, from, width);
    from += width;
    return drawn;
  });
  const note = largerWords(
    states.filter((_, index) => isRaised(figures, index)),
    lang,
  );
  return html`<div class="drawn"><svg class="bar" role="img" aria-labelledby="${id}-title ${id}-text"><title id="${id}-title">${title}</title><desc id="${id}-text">${description}</desc>${slices}</svg>${note === null ? NOTHING : html`<small>${note}</small>`}</div>`;
}

/** `null` if every slice has its true share. */
function largerWords(states: readonly EncryptionState[], { say }: Language): string | null {
  return states.length === 0
    ? null
    : say("drawn larger, to be seen: {states}", { states: states.map((state) => say(STATE_WORDS[state])).join(", ") });
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

function figure(tally: Tally, unit: Unit, { bytes, count }: Language): string {
  return unit === "bytes" ? bytes(tally.bytes) : count(tally.objects);
}

/** Smaller slices would be invisible, although one object in a million may be the one that matters. */
const MIN_PERCENT = 1;

/** Whether `widths` gives this figure more than its share. */
function isRaised(figures: readonly number[], index: number): boolean {
  const sum = figures.reduce((total, figure) => total + figure, 0);
  const figure = figures[index] ?? 0;
  return figure > 0 && (figure / sum) * 100 < MIN_PERCENT;
}

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
  { say, count, bytes: size }: Language,
): Markup {
  const entries = (Object.entries(table) as [K, Tally][]).filter(([, tally]) => tally.objects > 0);
  if (entries.length === 0) {
    return html`<p class="empty">${say("Nothing to show.")}</p>`;
  }
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">${title}</th><th scope="col" class="num">${say("Objects")}</th><th scope="col" class="num">${say("Size")}</th></tr></thead>
<tbody>
${entries.map(([key, { objects, bytes }]) => html`<tr><th scope="row">${words(key)}</th><td class="num">${count(objects)}</td><td class="num">${size(bytes)}</td></tr>\n`)}</tbody>
</table></div>`;
}
