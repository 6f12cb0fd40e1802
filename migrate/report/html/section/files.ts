import { html, type Markup } from "../markup.js";

const FILES: readonly (readonly [path: string, what: string])[] = [
  ["manifest.json", "the size and SHA-256 of every other file, and the root of the tree over the lines of the journal"],
  ["manifest.dsse.json", "the signature over the manifest, where somebody signed it"],
  ["run.json", "what was asked, of whom, by whom and when, and what was found of the buckets"],
  ["journal/", "one line an object version: the source of everything here"],
  ["summary.json", "the totals above, for programs"],
  ["report.csv", "every object version as a row, where CSV was asked for"],
  ["report.md", "the summary as text, where Markdown was asked for"],
  ["ocsf.ndjson", "OCSF Compliance Findings, where these were asked for"],
  ["report.prom", "the totals for Prometheus, where these were asked for"],
  ["inventory.csv", "what is there now in the form of S3 Inventory, where that was asked for"],
];

/** Where the evidence is, and how to check it without trusting this page. */
export function fileSection(): Markup {
  return html`<section id="files">
<h2>The files of this run</h2>
<p class="lead">Beside this page in the run folder. <code>bucketseal verify RUN_DIR</code> checks that none was changed, adds the journal up again and compares.</p>
<div class="scroll"><table class="files">
<thead><tr><th scope="col">File</th><th scope="col">Holds</th></tr></thead>
<tbody>
${FILES.map(([path, what]) => html`<tr><td><a href="${path}"><code>${path}</code></a></td><td>${what}</td></tr>\n`)}</tbody>
</table></div>
</section>
`;
}
