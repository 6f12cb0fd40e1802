export const TABLE = `
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
