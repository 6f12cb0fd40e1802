import { presentCount, unprovenCount } from "../counts.js";
import type { Totals } from "../summary.js";
import type { VerdictKind } from "../verdict-kind.js";
import { html, type Markup } from "./markup.js";

const RADIUS = 38;
const CIRCUMFERENCE = 2 * Math.PI * RADIUS;

const GLYPHS: Readonly<Record<VerdictKind, string>> = {
  sealed: "M29 45 L40 56 L60 33",
  "unencrypted-remain": "M44 27 V49 M44 60 V60.5",
  differs: "M30 38 H58 M30 50 H58 M52 30 L36 58",
  "no-default": "M44 27 V52 M34 43 L44 53 L54 43",
  "not-seen": "M22 44 Q44 22 66 44 Q44 66 22 44 M30 62 L60 26",
  unproven: "M35 36 Q35 27 44 27 Q53 27 53 36 Q53 42 44 46 V50 M44 61 V61.5",
  incomplete: "M30 44 H30.5 M44 44 H44.5 M58 44 H58.5",
  "nothing-examined": "M32 44 H56",
};

/** A ring, closed as far as the objects are proven to be encrypted, with a sign of the verdict in it. */
export function seal(kind: VerdictKind, total: Totals): Markup {
  // A ring of dashes: how far an unfinished run would have got is not known.
  const dashes =
    kind === "incomplete" ? "6 8" : `${(share(total) * CIRCUMFERENCE).toFixed(2)} ${CIRCUMFERENCE.toFixed(2)}`;
  return html`<svg class="seal" viewBox="0 0 88 88" aria-hidden="true" focusable="false">
<circle class="track" cx="44" cy="44" r="${RADIUS}" stroke-width="5"/>
<circle class="arc" cx="44" cy="44" r="${RADIUS}" stroke-width="5" stroke-dasharray="${dashes}" transform="rotate(-90 44 44)"/>
<path class="glyph" d="${GLYPHS[kind]}" stroke-width="5"/>
</svg>`;
}

function share(total: Totals): number {
  const present = presentCount(total);
  const proven = present - total.statesNow.none.objects - unprovenCount(total);
  return present === 0 ? 0 : Math.max(0, proven) / present;
}
