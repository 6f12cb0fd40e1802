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
