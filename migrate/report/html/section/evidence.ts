import type { RaceGuard } from "../../../model/strategy.js";
import { EVIDENCE_NOW_WORDS, GUARD_WORDS } from "../../finding-words.js";
import type { Totals } from "../../summary.js";
import type { Survey } from "../../survey.js";
import { html, type Markup, NOTHING } from "../markup.js";
import { tallyTable } from "../tally-table.js";

type Source = keyof Totals["evidenceNow"];

/** What the states now were read from, and what kept other writers' changes safe meanwhile. */
export function evidenceSection({ evidenceNow, outcomes }: Totals, guards: Survey["guards"]): Markup {
  const guarded =
    outcomes.migrated.objects === 0
      ? NOTHING
      : html`<div><h2>Protection of other writers</h2>${tallyTable("Guard of the copy", guards, (guard: RaceGuard) => GUARD_WORDS[guard])}</div>`;
  return html`<section class="pair">
<div><h2>Evidence of the state now</h2>${tallyTable("Read from", evidenceNow, (source: Source) => EVIDENCE_NOW_WORDS[source])}</div>
${guarded}
</section>
`;
}
