// Run by itself, so that the memory measured is that of the reports: prints the peak of this process in MB.
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readJournal } from "../../../migrate/journal/read-journal.js";
import { writeReports } from "../../../migrate/report/write-reports.js";
import { checkpoint } from "../fixtures/records.js";
import { aRun, failed, migrated } from "./a-run.js";

const [runDir = "", count = "0"] = process.argv.slice(2);
const outcomes = Number(count);

function* lines(): Generator<string> {
  for (let index = 0; index < outcomes; index += 1) {
    const key = `invoices/2026/${index}-${"x".repeat(60)}.pdf`;
    // One in three is an exception, so that their list is full many times over.
    const record = index % 3 === 0 ? failed({ key }) : migrated({ key });
    yield `${JSON.stringify(record)}\n`;
  }
  yield `${JSON.stringify(checkpoint({ listed: outcomes, end: true }))}\n`;
}

await mkdir(join(runDir, "journal"));
await pipeline(Readable.from(lines()), createWriteStream(join(runDir, "journal", "000001.ndjson")));
const formats = ["html", "csv", "md"] as const;
await writeReports(runDir, { run: aRun(), readJournal: () => readJournal(runDir), formats });
process.stdout.write(String(Math.round(process.resourceUsage().maxRSS / 1024)));
