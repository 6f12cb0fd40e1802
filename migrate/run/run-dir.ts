import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.js";
import { RUN_FILE, type RunRecord, runRecordSchema } from "../journal/run-record.js";
import { makeFolder, readWhole } from "../manifest/folder-files.js";
import { LOCK_FILE } from "../manifest/lock-file.js";
import { type PutFile, putInto } from "../manifest/stage-files.js";
import { parseAs } from "../model/parse.js";

/** A new run needs a folder that is empty, or not there yet. */
export async function refuseFullRunDir(runDir: string): Promise<void> {
  if ((await namesIn(runDir)).some((name) => !name.startsWith(LOCK_FILE))) {
    throw new UsageError([
      `run folder "${runDir}" is not empty: name a new one with --out, or go on with the run in it with --resume`,
    ]);
  }
}

async function namesIn(runDir: string): Promise<string[]> {
  try {
    return await readdir(runDir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unusable(runDir, error);
  }
}

/** Only once the store was reached, so that a run that cannot begin leaves nothing behind. */
export async function makeRunDir(runDir: string): Promise<void> {
  try {
    // Whoever names a link to a folder means that folder.
    await makeFolder(runDir, { mayBeLink: true });
  } catch (error) {
    throw unusable(runDir, error);
  }
}

function unusable(runDir: string, error: unknown): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  return new UsageError([`run folder "${runDir}" cannot be used (${code}): name another one with --out`]);
}

export async function readRunRecord(runDir: string): Promise<RunRecord> {
  const refuse = (why: string) =>
    new UsageError([
      `"${runDir}" holds no run that could be read (${why}): name the folder that audit or migrate wrote`,
    ]);
  const bytes = await readWhole(join(runDir, RUN_FILE)).catch(({ message }: Error) => {
    throw refuse(message);
  });
  const run = parseAs(runRecordSchema, bytes.toString("utf8"));
  if (run.ok) return run.value;
  throw refuse(`${RUN_FILE}: ${run.problem}`);
}

/** In the order of the schema, so that a record which was read and is written again gives the same bytes. */
export function writeRunRecord(runDir: string, run: RunRecord, put: PutFile = putInto(runDir)): Promise<void> {
  return put(RUN_FILE, [`${JSON.stringify(runRecordSchema.parse(run), null, 2)}\n`]);
}
