export const TOKENS = `
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
