import type { JournalRecord } from "../../journal/record.js";
import type { ReportSource } from "../report-source.js";
import { timeOfRun } from "../time-of-run.js";
import { checkBuckets } from "./check-buckets.js";
import { checkObject, checkVersion } from "./check-record.js";
import type { Checked } from "./finding.js";
import { oneLineJson } from "./one-line-json.js";
import { toOcsf } from "./to-ocsf.js";

const LINES_A_CHUNK = 25;

/** ocsf.ndjson: the checks of each bucket, then every object and older version that did not pass its own. */
export function renderOcsf(source: ReportSource): AsyncGenerator<string> {
  return render(source, ({ status }) => status !== "pass");
}

/** ocsf-all.ndjson: the same, and what passed. */
export function renderOcsfAll(source: ReportSource): AsyncGenerator<string> {
  return render(source, () => true);
}

async function* render(
  { run, survey, readJournal }: ReportSource,
  isTold: (checked: Checked) => boolean,
): AsyncGenerator<string> {
  const runMs = timeOfRun(run);
  const lineOf = (checked: Checked) => oneLineJson(toOcsf(checked, run));
  let lines: string[] = [];
  for (const checked of checkBuckets(survey.summary, run)) lines.push(lineOf(checked));
  for await (const record of readJournal()) {
    const checked = checkOf(record, runMs);
    if (checked !== null && isTold(checked)) lines.push(lineOf(checked));
    if (lines.length >= LINES_A_CHUNK) {
      yield lines.join("");
      lines = [];
    }
  }
  yield lines.join("");
}

function checkOf(record: JournalRecord, runMs: number): Checked | null {
  if (record.kind === "outcome") return checkObject(record, runMs);
  return record.kind === "version" ? checkVersion(record, runMs) : null;
}
