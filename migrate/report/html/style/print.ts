export const PRINT = `
.paper { display: none; }
@media print {
  @page { margin: 16mm 15mm 18mm; }
  :root { --paper: #fff; --sheet: #fff; --ink: #000; --muted: #444; --rule: #bbb; --faint: #f4f4f4; --good: #14543a; --bad: #8f1d13; --warn: #6d4700;
    --link: #000; --none: #c8452f; --unknown: #8d9298; --sse-c: #8667ab; --provider-managed: #c39a3c; --sse-s3: #1f7d5b;
    --sse-kms: #2d6a9c; --dsse-kms: #17406a; --hatch: rgba(255,255,255,.55); }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } section { margin-top: 24pt; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .filters, .matching, .more { display: none !important; } .paper { display: block; } .sort::after { content: none; }
  h2, .lead, .chart { break-after: avoid; } tr, .chart, .verdict, .sum, .limits li { break-inside: avoid; }
  thead { display: table-header-group; } .scroll { overflow: visible; } table { font-size: 9pt; } th, td { padding-top: 4pt; padding-bottom: 4pt; }
  .unscripted tbody tr:nth-child(n + 301) { display: none; }
}
`;
