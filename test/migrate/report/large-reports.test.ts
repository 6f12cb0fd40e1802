import { execFileSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("write-large-reports.ts", import.meta.url));
const LINES = 200_000;
const MOST_MEGABYTES = 200;

let runDir: string;
beforeEach(async () => {
  runDir = await mkdtemp(join(tmpdir(), "large-"));
});
afterEach(() => rm(runDir, { recursive: true }));

describe("the reports of 200,000 objects", () => {
  it("are written in less than 200 MB of memory, and are whole", async () => {
    const peak = execFileSync(process.execPath, ["--import", "tsx", PROGRAM, runDir, String(LINES)], {
      encoding: "utf8",
    });
    expect(Number(peak)).toBeGreaterThan(0);
    expect(Number(peak)).toBeLessThan(MOST_MEGABYTES);
    expect(await linesOf(join(runDir, "report.csv"))).toBe(LINES + 1);
    const page = await readFile(join(runDir, "report.html"), "utf8");
    expect(page.match(/<tr data-outcome=/g)).toHaveLength(10_000);
    expect(page).toContain("66,667 in all, of which the 10,000 worst are here");
  });
});

async function linesOf(path: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(path, { encoding: "latin1" })) {
    lines += String(chunk).split("\n").length - 1;
  }
  return lines;
}
