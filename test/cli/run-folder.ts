import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { Summary } from "../../migrate/index.js";

/** Every file below a run folder, by its path in it. */
export async function filesOf(runDir: string): Promise<string[]> {
  const entries = await readdir(runDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(runDir.length + 1))
    .sort();
}

export async function summaryOf(runDir: string): Promise<Summary> {
  return JSON.parse(await readFile(join(runDir, "summary.json"), "utf8")) as Summary;
}

/** The keys of report.csv, in its order. */
export async function csvKeys(runDir: string): Promise<string[]> {
  const rows = parse<Record<string, string>>(await readFile(join(runDir, "report.csv"), "utf8"), {
    columns: true,
    bom: true,
  });
  return rows.map(({ key = "" }) => key);
}
