export const EXCEPTIONS = `
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
