const DOCUMENT = `
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); }
main { max-width: 1120px; margin: 0 auto; padding: 40px 32px 64px; }
h1, h2 { font-family: var(--serif); font-weight: 600; text-wrap: balance; }
h2 { font-size: 1.375rem; line-height: 1.25; margin: 0 0 4px; }
p { margin: 0 0 12px; max-width: 72ch; }
a { color: var(--link); text-underline-offset: .18em; text-decoration-thickness: 1px; }
code, .mono { font-family: var(--mono); font-size: .875em; }
section { margin-top: 52px; }
.lead { color: var(--muted); margin-bottom: 18px; } section[id] { scroll-margin-top: 16px; }
.note { color: var(--muted); font-size: .875rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.key { font-family: var(--mono); font-size: .8125rem; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
.sub { display: block; color: var(--muted); font-size: .8125rem; overflow-wrap: anywhere; }
.token { font: 600 .6875rem/1 var(--mono); border: 1px solid currentColor; border-radius: 3px; padding: 0 3px; margin: 0 1px;
  color: var(--warn); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
footer { margin-top: 52px; padding-top: 16px; border-top: 1px solid var(--rule); color: var(--muted); font-size: .875rem; }
@media (max-width: 640px) { main { padding: 24px 16px 48px; } section { margin-top: 40px; } }
`;

const EXCEPTIONS = `
.filters { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-end; margin: 18px 0 10px; }
.filters label { display: grid; gap: 3px; font-size: .8125rem; color: var(--muted); flex: 1 1 150px; min-width: 0; }
.filters label.wide { flex: 3 1 240px; }
.filters input, .filters select, button.plain { font: inherit; font-size: .9375rem; color: var(--ink); background: var(--sheet);
  border: 1px solid var(--rule); border-radius: 4px; padding: 7px 10px; min-height: 38px; width: 100%; min-width: 0; }
button.plain { width: auto; cursor: pointer; } button.plain:hover { border-color: var(--muted); }
.filters input:hover, .filters select:hover { border-color: var(--muted); }
.matching { display: block; margin: 0 0 4px; font-size: .875rem; color: var(--muted); font-variant-numeric: tabular-nums; }
.sort { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
.sort:hover { color: var(--ink); }
.sort::after { content: "\\2195"; display: inline-block; width: 1.1em; text-align: center; opacity: .45; }
[aria-sort=ascending] .sort::after { content: "\\2191"; opacity: 1; } [aria-sort=descending] .sort::after { content: "\\2193"; opacity: 1; }
#exceptions-table { table-layout: fixed; }
#exceptions-table td { overflow-wrap: anywhere; }
.c-outcome { width: 13%; } .c-size { width: 9%; } .c-now { width: 17%; } .c-why { width: 27%; }
.outcome { font-weight: 600; } .outcome.failed { color: var(--bad); } .outcome.refused, .outcome.skipped { color: var(--warn); }
.outcome.older-plaintext, .outcome.older-failed { color: var(--bad); } .outcome.older-unproven { color: var(--warn); }
.outcome.not-found { color: var(--warn); } .outcome.vanished, .outcome.older-vanished { color: var(--muted); } .outcome.migrated { color: var(--good); }
`;

const FIGURES = `
.sum { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 14px 16px; margin: 18px 0 14px; padding: 0; list-style: none; }
.sum li { display: flex; gap: 16px; }
.sum li:first-child .sign { display: none; }
.sum .sign { font: 400 1.5rem/1.3 var(--serif); color: var(--muted); }
.sum b { display: block; font: 600 1.625rem/1.2 var(--serif); font-variant-numeric: lining-nums tabular-nums; }
.sum .zero b { color: var(--muted); font-weight: 400; }
.sum span { display: block; font-size: .8125rem; line-height: 1.35; color: var(--muted); max-width: 20ch; }
.chart { display: grid; grid-template-columns: max-content 1fr; gap: 6px 16px; align-items: center; margin: 18px 0 22px; }
.chart h3 { grid-column: 1 / -1; margin: 10px 0 0; font: 600 .9375rem/1.4 var(--sans); }
.chart h3:first-child { margin-top: 0; }
.chart span { color: var(--muted); font-size: .875rem; }
.bar { display: block; width: 100%; height: 30px; border-radius: 3px; background: var(--faint); }
.groups .bar { height: 14px; }
.drawn small { display: block; margin-top: 2px; font-size: .75rem; line-height: 1.35; color: var(--muted); }
.bar rect { stroke: var(--paper); stroke-width: 1px; }
.swatch { display: inline-block; width: 14px; height: 14px; margin-right: 9px; vertical-align: -2px; border-radius: 2px; }
.none { fill: var(--none); } .unknown { fill: var(--unknown); } .sse-c { fill: var(--sse-c); }
.provider-managed { fill: var(--provider-managed); } .sse-s3 { fill: var(--sse-s3); } .sse-kms { fill: var(--sse-kms); }
.dsse-kms { fill: var(--dsse-kms); }
.ink-hatch { stroke: var(--hatch); stroke-width: 2.5; fill: none; } .ink-dots { fill: var(--hatch); }
.patterns { position: absolute; width: 0; height: 0; }
@media (max-width: 640px) {
  .sum { display: grid; grid-template-columns: 1fr; gap: 6px; }
  .sum li, .sum li:first-child { display: grid; grid-template-columns: 1.2em 1fr; gap: 8px; align-items: baseline; }
  .sum li:first-child .sign { display: block; }
  .sum li > div { display: flex; gap: 10px; align-items: baseline; flex-wrap: wrap; } .sum b { font-size: 1.25rem; }
  .sum span { max-width: none; } .chart { grid-template-columns: 1fr; gap: 4px; }
}
`;

const MASTHEAD = `
.imprint { display: flex; justify-content: space-between; gap: 16px; flex-wrap: wrap; margin: 0 0 36px; padding-bottom: 10px;
  border-bottom: 1px solid var(--rule); max-width: none; font-size: .875rem; color: var(--muted); }
.imprint strong { color: var(--ink); letter-spacing: .01em; }
.verdict { display: grid; grid-template-columns: 88px 1fr; gap: 28px; align-items: start; --tone: var(--warn); }
.verdict.sealed { --tone: var(--good); } .verdict.unencrypted-remain { --tone: var(--bad); }
.seal { width: 88px; height: 88px; display: block; }
.seal .track { fill: none; stroke: var(--rule); } .seal .arc { fill: none; stroke: var(--tone); }
.seal .glyph { fill: none; stroke: var(--tone); stroke-linecap: round; stroke-linejoin: round; }
.verdict-word { color: var(--tone); font-weight: 600; font-size: .9375rem; margin: 0 0 2px; }
h1 { font-size: clamp(1.75rem, 1.2rem + 2.4vw, 2.75rem); line-height: 1.12; letter-spacing: -.012em; margin: 0 0 14px; max-width: 28ch; }
.remains { margin-top: 32px; padding: 18px 22px 16px; border: 1px solid var(--rule); border-left: 4px solid var(--bad); background: var(--sheet);
  border-radius: 3px; }
.remains.none-left { border-left-color: var(--good); } .remains.open-left { border-left-color: var(--warn); } .remains p { margin: 0; }
.remains h2 { font-size: 1.25rem; margin-bottom: 8px; }
.remains ul { margin: 0; padding: 0; list-style: none; }
.remains li { position: relative; margin: 6px 0; padding-left: 20px; max-width: 86ch; overflow-wrap: anywhere; }
.remains li::before { content: ""; position: absolute; left: 0; top: .5em; width: 9px; height: 9px; background: var(--bad); }
.remains li.open::before { background: none; border: 2px solid var(--warn); border-radius: 50%; }
.contents { display: flex; flex-wrap: wrap; gap: 6px 20px; margin: 28px 0 0; padding: 12px 0; border-top: 1px solid var(--rule);
  border-bottom: 1px solid var(--rule); font-size: .9375rem; }
.contents a { text-decoration: none; } .contents a:hover { text-decoration: underline; } .contents b { font-weight: 600; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(250px, 1fr)); gap: 16px 32px; margin: 16px 0 0; }
.facts dt { font-size: .8125rem; color: var(--muted); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.facts.settings { grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); gap: 14px 28px; }
.given { color: var(--link); font-weight: 600; }
.bucket { margin-top: 18px; padding: 16px 22px 18px; border: 1px solid var(--rule); border-radius: 3px; background: var(--sheet); }
.bucket h3 { margin: 0; font-size: 1rem; } .bucket h3 .key { font-size: .9375rem; }
.limits { margin-top: 18px; padding: 16px 20px; border-left: 3px solid var(--warn); background: var(--faint); }
.limits h2 { font: 600 1rem/1.4 var(--sans); margin-bottom: 6px; }
.limits ul { margin: 0; padding-left: 18px; } .limits li { margin: 3px 0; max-width: 80ch; overflow-wrap: anywhere; }
@media (max-width: 640px) {
  .verdict { grid-template-columns: 1fr; gap: 14px; } .seal { width: 60px; height: 60px; } .imprint { margin-bottom: 24px; }
  .facts, .facts.settings { grid-template-columns: 1fr; gap: 8px; } .facts > div { display: grid; grid-template-columns: 112px 1fr; gap: 12px; }
  .facts.settings > div { grid-template-columns: 150px 1fr; } .facts dt { line-height: 1.8; }
  .remains, .bucket { padding: 14px 16px; }
}
`;

const PRINT = `
.paper { display: none; }
@media print {
  @page { margin: 16mm 15mm 18mm; }
  :root { --paper: #fff; --sheet: #fff; --ink: #000; --muted: #444; --rule: #bbb; --faint: #f4f4f4; --good: #14543a; --bad: #8f1d13; --warn: #6d4700;
    --link: #000; --none: #c8452f; --unknown: #8d9298; --sse-c: #8667ab; --provider-managed: #c39a3c; --sse-s3: #1f7d5b;
    --sse-kms: #2d6a9c; --dsse-kms: #17406a; --hatch: rgba(255,255,255,.55); }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } section { margin-top: 24pt; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .filters, .matching, .more, .contents { display: none !important; } .paper { display: block; } .sort::after { content: none; } .sort { display: contents; }
  h2, .lead, .chart { break-after: avoid; } tr, .chart, .verdict, .sum, .limits li { break-inside: avoid; }
  .sum { gap: 8pt; } .sum li { gap: 8pt; } .sum b { font-size: 14pt; } .sum .sign { font-size: 13pt; }
  h1 { font-size: 24pt; } .verdict { grid-template-columns: 64px 1fr; gap: 18px; } .seal { width: 64px; height: 64px; }
  p { orphans: 3; widows: 3; } .lead, .sum { break-before: avoid; } section:not(#exceptions) .scroll:not(:has(.controls)) { break-inside: avoid; }
  .facts, .facts.settings { grid-template-columns: repeat(3, 1fr); gap: 8pt 16pt; margin-top: 8pt; } .remains, .bucket { break-inside: avoid; background: none; } .key { font-size: 8.5pt; }
  thead { display: table-header-group; } .scroll { overflow: visible; } table { font-size: 9pt; } th, td { padding-top: 4pt; padding-bottom: 4pt; }
  #exceptions-table tbody tr:nth-child(n + 51 of :not([hidden])) { display: none; }
  p, li, dt, dd, th, td, .facts > div, .imprint { break-inside: avoid; } h3, h4, dt { break-after: avoid; } .sheet { break-before: page; margin-top: 0; }
  .sheet h3 { margin: 10pt 0 2pt; } .sheet h4 { margin: 4pt 0 0; } .sheet .facts { margin-top: 3pt; gap: 3pt 16pt; } .blank { height: 1.5em; }
  footer { margin-top: 10pt; padding-top: 5pt; font-size: 8pt; }
  .glossary dt, .glossary dd { font-size: 8.5pt; line-height: 1.35; } .glossary div { margin-bottom: 3pt; }
}
`;

const TABLE = `
.scroll { overflow-x: auto; margin: 14px 0; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: left; vertical-align: top; padding: 9px 18px 9px 0; border-bottom: 1px solid var(--rule); }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: .8125rem; font-weight: 600; color: var(--muted); vertical-align: bottom; white-space: nowrap; border-bottom-color: var(--muted); }
tbody th { font-weight: 400; }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.total td, tr.total th { font-weight: 600; }
.empty { color: var(--muted); }
.warnings { margin: 14px 0 0; padding-left: 18px; color: var(--warn); } .warnings li { overflow-wrap: anywhere; }
.files { max-width: 860px; }
.groups { table-layout: fixed; } .groups td { vertical-align: middle; } .groups th { vertical-align: middle; }
.c-count { width: 10%; } .c-bar { width: 19%; } .c-left { width: 12%; } .groups thead th { white-space: normal; vertical-align: bottom; }
.controls th:first-child { width: 36%; } .controls b { font-weight: 600; } .source { font-family: var(--mono); font-size: .75rem; }
.seen { margin: 0 0 14px; padding-left: 18px; }
.files td:first-child { white-space: nowrap; }
.sheet h3 { margin: 24px 0 6px; font-size: 1rem; } .sheet h4 { margin: 12px 0 0; font: 600 .875rem/1.4 var(--sans); }
.sheet ul { margin: 0; padding-left: 18px; } .sheet li { max-width: 86ch; overflow-wrap: anywhere; }
.blank { height: 2.2em; border-bottom: 1px solid var(--muted); }
.glossary { margin: 0; columns: 2 320px; column-gap: 32px; } .glossary div { break-inside: avoid; margin-bottom: 6px; }
.glossary dt { font-weight: 600; font-size: .875rem; } .glossary dd { margin: 0; font-size: .875rem; color: var(--muted); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 0 56px; }
@media screen and (max-width: 760px) {
  .cards, .cards tbody, .cards tr, .cards th, .cards td { display: block; width: auto; }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .cards tr { padding: 12px 0; border-bottom: 1px solid var(--rule); }
  .cards tbody th { padding: 2px 0; border: 0; font-weight: 600; }
  .cards td { display: grid; grid-template-columns: 118px 1fr; gap: 10px; padding: 2px 0; border: 0; text-align: left; }
  .cards td::before { content: attr(data-label); color: var(--muted); font-size: .8125rem; line-height: 1.75; }
}
@media (max-width: 720px) { .pair { grid-template-columns: 1fr; } th, td { padding-right: 12px; } }
`;

const TOKENS = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --sheet: #ffffff; --ink: #1b1e21; --muted: #5b6168; --rule: #dcd9d0; --faint: #f1efe9;
  --good: #1d6b4c; --bad: #ad2a1e; --warn: #8a5a00; --link: #1f4f82;
  --none: #c8452f; --unknown: #8d9298; --sse-c: #8667ab; --provider-managed: #c39a3c;
  --sse-s3: #1f7d5b; --sse-kms: #2d6a9c; --dsse-kms: #17406a; --hatch: rgba(255,255,255,.55);
  --serif: Charter, "Bitstream Charter", "Sitka Text", "Iowan Old Style", Cambria, "Liberation Serif", Georgia, serif;
  --sans: -apple-system, "Segoe UI", "Helvetica Neue", Inter, Roboto, "Liberation Sans", Arial, system-ui, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --sheet: #1a1e22; --ink: #e6e4de; --muted: #a0a6ac; --rule: #343a40; --faint: #20252a;
    --good: #6cc79f; --bad: #f08a7c; --warn: #e0b45c; --link: #8fbdf0;
    --none: #e06a55; --unknown: #7d848b; --sse-c: #a98bd0; --provider-managed: #cfa84e;
    --sse-s3: #3fa37d; --sse-kms: #5b97cb; --dsse-kms: #3f6fa6; --hatch: rgba(0,0,0,.45);
  }
}
`;

export const STYLE = [TOKENS, DOCUMENT, MASTHEAD, FIGURES, TABLE, EXCEPTIONS, PRINT].join("");
