import { stringify } from "csv-stringify/sync";
import type { ReportSource } from "../report-source.js";
import { CSV_COLUMNS, csvRow } from "./csv-row.js";
import { csvReplayedRows, csvUnseenRows, csvVersionRow } from "./csv-version-row.js";

const ROWS_A_CHUNK = 100;

/** report.csv: RFC 4180, UTF-8, first a row for each location that was not seen, then one an outcome, in the order of the journal. See `neutraliseFormula` for its apostrophes. */
export async function* renderCsv({ readJournal, survey }: Omit<ReportSource, "run">): AsyncGenerator<string> {
  let rows: string[][] = [Object.keys(CSV_COLUMNS), ...csvUnseenRows(survey.summary)];
  for await (const record of readJournal()) {
    if (record.kind === "outcome") {
      rows.push(csvRow(record), ...csvReplayedRows(record));
    }
    if (record.kind === "version") {
      rows.push(csvVersionRow(record));
    }
    if (rows.length >= ROWS_A_CHUNK) {
      yield csvText(rows);
      rows = [];
    }
  }
  yield csvText(rows);
}

function csvText(rows: string[][]): string {
  // A bare CR or LF inside a cell is quoted too: a reader may take either for the end of a row.
  return stringify(rows, { record_delimiter: "windows", quote_record_delimiter: true });
}
