import { Readable } from "node:stream";
import { type CsvError, type Info, parse } from "csv-parse";
import type { ManifestKeys } from "../journal/run-record.js";
import type { ManifestLine } from "./named-object.js";
import { columnsOf, parseInventoryRow } from "./parse-inventory-row.js";

const MAX_ROW_BYTES = 64 * 1024;

/** The rows of one CSV file. `schema` names its columns; without one its first line does. */
export async function* readInventoryCsv(
  source: AsyncIterable<Buffer>,
  schema: readonly string[] | null,
  keys: ManifestKeys = "url",
): AsyncGenerator<ManifestLine> {
  let columns = schema === null ? null : columnsOf(schema);
  const skipped: ManifestLine[] = [];
  let lastSkipped = 0;
  const skip = (error: CsvError | undefined): undefined => {
    // One line may be left out in several pieces.
    const line = typeof error?.lines === "number" ? error.lines : 0;
    if (line !== lastSkipped) skipped.push({ kind: "problem", line, words: error?.message ?? "it is no CSV" });
    lastSkipped = line;
  };
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
    skip_records_with_error: true,
    on_skip: skip,
  });
  const rows = Readable.from(source)
    .on("error", (error) => parser.destroy(error))
    .pipe(parser);
  for await (const { record, info } of rows as AsyncIterable<{ record: string[]; info: Info }>) {
    yield* skipped.splice(0);
    if (columns === null) {
      columns = columnsOf(record);
      if (!columns.includes("key")) {
        yield { kind: "problem", line: info.lines, words: NO_KEY_COLUMN };
        return;
      }
      continue;
    }
    const parsed = parseInventoryRow(columns, record, keys);
    yield parsed.kind === "object" ? parsed : { ...parsed, line: info.lines };
  }
  yield* skipped.splice(0);
}

const NO_KEY_COLUMN =
  "it names no column Key: give the manifest.json of the inventory, or put a first line of column names there";
