export const FIGURES = `
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
