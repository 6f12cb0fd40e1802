// @module-tag slow
import { execFileSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REPORT_FORMAT_NAMES } from "../../../migrate/report/formats.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../../length.js";

const PROGRAM = fileURLToPath(new URL("write-large-reports.ts", import.meta.url));
const OBJECTS = LONG ? 1_000_000 : 40_000;
const MOST_MEGABYTES = 200;
const EXCEPTIONS = Math.ceil(OBJECTS / 3);

let runDir: string;
beforeAll(async () => {
  runDir = await mkdtemp(join(tmpdir(), "large-"));
});
afterAll(() => rm(runDir, { recursive: true }));

function peakOf(formats: string): number {
  // The heap is limited, since garbage is collected late on a busy machine: the peak is what the reports need.
  const options = ["--max-old-space-size=100", "--import", "tsx"];
  const words = execFileSync(process.execPath, [...options, PROGRAM, runDir, String(OBJECTS), formats], {
    encoding: "utf8",
  });
  const [megabytes = "", seconds = ""] = words.split(" ");
  if (LONG) process.stderr.write(`${formats} of ${OBJECTS} objects: ${megabytes} MB, ${seconds} s\n`);
  return Number(megabytes);
}

describe(`reports of ${OBJECTS} objects`, () => {
  // One by one if there is time, so that none hides behind another.
  it.each(LONG ? REPORT_FORMAT_NAMES : [REPORT_FORMAT_NAMES.join(",")])(
    "need less than 200 MB of memory: %s",
    (formats) => {
      const peak = peakOf(formats);
      expect(peak).toBeGreaterThan(0);
      expect(peak).toBeLessThan(MOST_MEGABYTES);
    },
    SWEEP_TIMEOUT_MS,
  );

  it("are complete, or say how many more entries exist", async () => {
    expect(await linesOf("report.csv")).toBe(OBJECTS + 1);
    expect(await linesOf("inventory.csv")).toBe(OBJECTS);
    // The bucket, 1,000 of 1,500 prefixes, and the others together.
    expect(await linesOf("ocsf.ndjson")).toBe(1002);
    expect(await linesOf("ocsf-all.ndjson")).toBe(OBJECTS + 1002);
    const { results } = JSON.parse(await readFile(join(runDir, "report.sarif"), "utf8")).runs[0];
    const counted = results.reduce((sum: number, { occurrenceCount = 0 }) => sum + occurrenceCount, 0);
    expect(counted).toBe(EXCEPTIONS);
    const page = await readFile(join(runDir, "report.html"), "utf8");
    expect(page.match(/<tr data-outcome=/g)).toHaveLength(10_000);
    expect(page).toContain(`${EXCEPTIONS.toLocaleString("en")} in all, of which the 10,000 worst are here`);
    // 1,500 prefixes: 60 shown, 940 in summary.json, and the rest counted together.
    expect(page).toMatch(/940 more with [\d,]+ objects are in summary\.json; [\d,]+ objects of still others/);
  });
});

async function linesOf(file: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(join(runDir, file), { encoding: "latin1" })) {
    lines += String(chunk).split("\n").length - 1;
  }
  return lines;
}
