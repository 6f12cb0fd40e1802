import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../report/write-atomically.js";
import { UsageError } from "./run-error.js";
import { type RunRecord, runRecordSchema } from "./run-record.js";

const RUN_FILE = "run.json";

/** Makes a folder for a new run; one that holds anything is refused. */
export async function createRunDir(runDir: string): Promise<void> {
  await mkdir(runDir, { recursive: true });
  if ((await readdir(runDir)).length > 0) {
    throw new UsageError([
      `run folder "${runDir}" is not empty: name a new one with --out, or go on with the run in it with --resume`,
    ]);
  }
}

export async function readRunRecord(runDir: string): Promise<RunRecord> {
  const path = join(runDir, RUN_FILE);
  try {
    return runRecordSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    const problem = `"${runDir}" holds no run that could be read (${(error as Error).message.split("\n")[0]}): name the folder that audit or migrate wrote`;
    throw new UsageError([problem]);
  }
}

export function writeRunRecord(runDir: string, run: RunRecord): Promise<void> {
  return writeAtomically(join(runDir, RUN_FILE), [`${JSON.stringify(run, null, 2)}\n`]);
}
