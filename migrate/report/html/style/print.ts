export const PRINT = `
.paper { display: none; }
@media print {
  @page { margin: 16mm 15mm 18mm; }
  :root { --paper: #fff; --sheet: #fff; --ink: #000; --muted: #444; --rule: #bbb; --faint: #f4f4f4; --good: #14543a; --bad: #8f1d13; --warn: #6d4700;
    --link: #000; --none: #c8452f; --unknown: #8d9298; --sse-c: #8667ab; --provider-managed: #c39a3c; --sse-s3: #1f7d5b;
    --sse-kms: #2d6a9c; --dsse-kms: #17406a; --hatch: rgba(255,255,255,.55); }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } section { margin-top: 24pt; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .filters, .matching, .more, .contents { display: none !important; } .paper { display: block; } .sort::after { content: none; }
  h2, .lead, .chart { break-after: avoid; } tr, .chart, .verdict, .sum, .limits li { break-inside: avoid; }
  .sum { gap: 8pt; } .sum li { gap: 8pt; } .sum b { font-size: 14pt; } .sum .sign { font-size: 13pt; }
  h1 { font-size: 24pt; } .verdict { grid-template-columns: 64px 1fr; gap: 18px; } .seal { width: 64px; height: 64px; }
  p { orphans: 3; widows: 3; } .lead, .sum { break-before: avoid; } section:not(#exceptions) .scroll { break-inside: avoid; }
  .facts, .facts.settings { grid-template-columns: repeat(3, 1fr); gap: 8pt 16pt; margin-top: 8pt; } .remains, .bucket { break-inside: avoid; background: none; } .key { font-size: 8.5pt; }
  thead { display: table-header-group; } .scroll { overflow: visible; } table { font-size: 9pt; } th, td { padding-top: 4pt; padding-bottom: 4pt; }
  #exceptions-table.unscripted tbody tr:nth-child(n + 301) { display: none; }
}
`;
