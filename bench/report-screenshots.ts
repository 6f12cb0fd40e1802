// npx tsx bench/report-screenshots.ts RUN_FOLDER OUT_FOLDER: pictures of a run's report.html, as docs/ and the README show the demo's.
// Needs a Chromium on the PATH.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { findBrowser, openBrowser } from "../test/report-page/open-browser.js";

const [runDir = "", outDir = ""] = process.argv.slice(2);
const executable = findBrowser();
if (runDir === "" || outDir === "" || executable === undefined) {
  throw new Error("usage: npx tsx bench/report-screenshots.ts RUN_FOLDER OUT_FOLDER, with a Chromium on the PATH");
}

const SHOTS = [
  { name: "report-light", viewport: { width: 1400, height: 1050 }, colorScheme: "light" },
  { name: "report-dark", viewport: { width: 1400, height: 1050 }, colorScheme: "dark" },
  { name: "report-narrow", viewport: { width: 360, height: 780 }, colorScheme: "light" },
] as const;

mkdirSync(outDir, { recursive: true });
const browser = await openBrowser(executable);
for (const { name, ...options } of SHOTS) {
  const page = await (await browser.newContext({ ...options, reducedMotion: "reduce" })).newPage();
  await page.goto(pathToFileURL(resolve(runDir, "report.html")).href);
  await page.screenshot({ path: join(outDir, `${name}.png`) });
  await page.close();
}
await browser.close();
