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
.warnings { margin: 6px 0 0; padding-left: 18px; color: var(--warn); } .warnings li { overflow-wrap: anywhere; }
.files td:first-child { white-space: nowrap; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 0 56px; }
@media (max-width: 720px) { .pair { grid-template-columns: 1fr; } th, td { padding-right: 12px; } }
`;
