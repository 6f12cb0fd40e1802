export const MASTHEAD = `
.imprint { display: flex; justify-content: space-between; gap: 16px; flex-wrap: wrap; margin: 0 0 36px; padding-bottom: 10px;
  border-bottom: 1px solid var(--rule); max-width: none; font-size: .875rem; color: var(--muted); }
.imprint strong { color: var(--ink); letter-spacing: .01em; }
.verdict { display: grid; grid-template-columns: 88px 1fr; gap: 28px; align-items: start; --tone: var(--warn); }
.verdict.sealed { --tone: var(--good); } .verdict.unencrypted-remain { --tone: var(--bad); }
.seal { width: 88px; height: 88px; display: block; }
.seal .track { fill: none; stroke: var(--rule); } .seal .arc { fill: none; stroke: var(--tone); }
.seal .glyph { fill: none; stroke: var(--tone); stroke-linecap: round; stroke-linejoin: round; }
.verdict-word { color: var(--tone); font-weight: 600; font-size: .9375rem; margin: 0 0 2px; }
.jump { margin: 0; }
h1 { font-size: clamp(1.75rem, 1.2rem + 2.4vw, 2.75rem); line-height: 1.12; letter-spacing: -.012em; margin: 0 0 14px; max-width: 28ch; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(250px, 1fr)); gap: 16px 32px; margin: 36px 0 0;
  padding: 20px 0; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); }
.facts dt { font-size: .8125rem; color: var(--muted); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.limits { margin-top: 28px; padding: 16px 20px; border-left: 3px solid var(--warn); background: var(--faint); }
.limits h2 { font: 600 1rem/1.4 var(--sans); margin-bottom: 6px; }
.limits ul { margin: 0; padding-left: 18px; } .limits li { margin: 3px 0; max-width: 80ch; overflow-wrap: anywhere; }
@media (max-width: 640px) {
  .verdict { grid-template-columns: 1fr; gap: 14px; } .seal { width: 60px; height: 60px; } .imprint { margin-bottom: 24px; }
  .facts { grid-template-columns: 1fr; gap: 12px; margin-top: 24px; }
}
`;
