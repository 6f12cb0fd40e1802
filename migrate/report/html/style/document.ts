export const DOCUMENT = `
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
