// Run by itself, so that the memory measured is that of these formats: prints the peak of this process in MB, and the seconds it took.
import { createWriteStream, existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readJournal } from "../../../migrate/journal/read-journal.js";
import type { ReportFormatName } from "../../../migrate/report/formats.js";
import { writeReports } from "../../../migrate/run/close-run.js";
import { aRun, checkpoint, failed, migrated } from "../fixtures/records.js";

const [runDir = "", count = "0", formats = "html"] = process.argv.slice(2);
const outcomes = Number(count);

function* lines(): Generator<string> {
  for (let index = 0; index < outcomes; index += 1) {
    // More prefixes than are kept apart.
    const key = `customer-${index % 1500}/2026/${index}-${"x".repeat(60)}.pdf`;
    // One in three is an exception, so that their list is full many times over.
    const record = index % 3 === 0 ? failed({ key }) : migrated({ key });
    yield `${JSON.stringify(record)}\n`;
  }
  yield `${JSON.stringify(checkpoint({ listed: outcomes, end: true }))}\n`;
}

await mkdir(join(runDir, "journal"), { recursive: true });
const journal = join(runDir, "journal", "000001.ndjson");
if (!existsSync(journal)) await pipeline(Readable.from(lines()), createWriteStream(journal));
const startedMs = performance.now();
await writeReports(runDir, {
  run: aRun(),
  readJournal: () => readJournal(runDir),
  formats: formats.split(",") as ReportFormatName[],
});
const seconds = (performance.now() - startedMs) / 1000;
process.stdout.write(`${Math.round(peakKib() / 1024)} ${seconds.toFixed(1)}`);

/** On Linux, maxRSS includes the peak of the process that started this one (getrusage(2): it survives execve), VmHWM does not. */
function peakKib(): number {
  const status = process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "";
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kib === undefined ? process.resourceUsage().maxRSS : Number(kib);
}
