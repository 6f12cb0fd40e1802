import { join } from "node:path";
import { readIfThere } from "../journal/folder-files.js";
import { RUN_FILE, type RunRecord, runRecordSchema } from "../journal/run-record.js";
import { parseAs } from "../model/parse.js";
import type { Finding } from "./finding.js";

export async function readRun(runDir: string): Promise<RunRecord | Finding> {
  const bytes = await readIfThere(join(runDir, RUN_FILE));
  if (bytes === undefined) {
    return { kind: "file-missing", path: RUN_FILE };
  }
  const run = parseAs(runRecordSchema, bytes.toString("utf8"));
  return run.ok ? run.value : { kind: "file-invalid", path: RUN_FILE, problem: run.problem };
}
