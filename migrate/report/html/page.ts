import { createHash } from "node:crypto";
import type { RunRecord } from "../../journal/run-record.js";
import { html, type Markup, trustedMarkup } from "./markup.js";
import { SCRIPT } from "./script.js";
import { STYLE } from "./style/style.js";

const POLICY = [
  "default-src 'none'",
  `style-src '${sourceHash(STYLE)}'`,
  `script-src '${sourceHash(SCRIPT)}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

export function pageStart(headline: string): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trustedMarkup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${headline} - bucketseal</title>
<style>${trustedMarkup(STYLE)}</style>
</head>
<body>
<main>
`;
}

export function pageEnd({ tool }: RunRecord): Markup {
  return html`<footer>Made by ${tool.name} ${tool.version} from run.json and the journal alone: the same run gives the same bytes. It says what was seen, not that a standard is met.</footer>
</main>
<script>${trustedMarkup(SCRIPT)}</script>
</body>
</html>
`;
}

function sourceHash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
