import { createHash } from "node:crypto";
import type { ReportSource } from "../report-source.js";
import { INVENTORY_COLUMNS, inventoryRow } from "./inventory-row.js";

export const INVENTORY_FILE = "inventory.csv";
const ROWS_A_CHUNK = 200;

/** inventory.csv: what is there now, in the form of S3 Inventory. No heading, every cell quoted, keys percent-encoded. */
export async function* renderInventory({ readJournal }: Pick<ReportSource, "readJournal">): AsyncGenerator<string> {
  let rows: string[] = [];
  for await (const record of readJournal()) {
    const row = inventoryRow(record);
    if (row !== null) rows.push(row);
    if (rows.length >= ROWS_A_CHUNK) {
      yield rows.join("");
      rows = [];
    }
  }
  yield rows.join("");
}

/** inventory-manifest.json: what the columns are, and the size and MD5 of the file, as S3 Inventory tells them. */
export async function* renderInventoryManifest(source: ReportSource): AsyncGenerator<string> {
  const { run } = source;
  const hash = createHash("md5");
  let size = 0;
  for await (const chunk of renderInventory(source)) {
    hash.update(chunk);
    size += Buffer.byteLength(chunk);
  }
  const buckets = [...new Set(run.scopes.map(({ bucket }) => bucket))];
  const manifest = {
    // S3's own is of one bucket; the first column tells them apart where there are several.
    sourceBucket: buckets.length === 1 ? buckets[0] : undefined,
    version: "2016-11-30",
    creationTimestamp: String(Date.parse(run.sessions.at(-1)?.endedAt ?? run.sessions.at(-1)?.startedAt ?? "") || 0),
    fileFormat: "CSV",
    fileSchema: INVENTORY_COLUMNS.join(", "),
    files: [{ key: INVENTORY_FILE, size, MD5checksum: hash.digest("hex") }],
  };
  yield `${JSON.stringify(manifest, null, 2)}\n`;
}
