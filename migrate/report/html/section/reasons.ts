import { REASON_WORDS, type Reason } from "../../../model/reason.js";
import type { Totals } from "../../summary.js";
import { html, type Markup } from "../markup.js";
import { tallyTable } from "../tally-table.js";

export function reasonSection({ reasons }: Totals): Markup {
  return html`<section>
<h2>Why each outcome</h2>
${tallyTable("Reason", reasons, (reason: Reason) => REASON_WORDS[reason])}
</section>
`;
}
