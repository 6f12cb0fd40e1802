import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.js";
import { parseAs } from "../model/parse.js";
import { makeFolder, readWhole, unusualKind } from "./folder-files.js";
import { IS_LOCK, LOCK_FILE } from "./run-lock.js";
import { type BucketFindings, RUN_FILE, type RunRecord, runRecordSchema } from "./run-record.js";
import { type PutFile, putInto } from "./stage-files.js";

/** Rejects unless the folder of a new run is empty or absent. */
export async function refuseFullRunDir(runDir: string): Promise<void> {
  if ((await namesIn(runDir)).some((name) => !name.startsWith(LOCK_FILE))) {
    throw new UsageError([
      `run folder "${runDir}" is not empty: give a new folder with --out, or continue the run in it with --resume`,
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

/** Call it only once the store was reached, so that a run that cannot start leaves nothing behind. */
export async function makeRunDir(runDir: string): Promise<void> {
  try {
    // If the given path is a link to a folder, that folder is used.
    await makeFolder(runDir, { mayBeLink: true });
  } catch (error) {
    throw unusable(runDir, error);
  }
}

function unusable(runDir: string, error: unknown): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  return new UsageError([`run folder "${runDir}" cannot be used (${code}): give another folder with --out`]);
}

export async function readRunRecord(runDir: string): Promise<RunRecord> {
  const refuse = (why: string) =>
    new UsageError([`"${runDir}" contains no readable run (${why}): give the folder that audit or migrate wrote`]);
  const bytes = await readWhole(join(runDir, RUN_FILE)).catch(({ message }: Error) => {
    throw refuse(message);
  });
  const run = parseAs(runRecordSchema, bytes.toString("utf8"));
  if (run.ok) return run.value;
  throw refuse(`${RUN_FILE}: ${run.problem}`);
}

/** Keeps the field order of the schema, so that a record that is read and rewritten has the same bytes. */
export function writeRunRecord(runDir: string, run: RunRecord, put: PutFile = putInto(runDir)): Promise<void> {
  return put(RUN_FILE, [`${JSON.stringify(runRecordSchema.parse(run), null, 2)}\n`]);
}

/** run.json during the run. Late findings are written to it before any action that depends on them. */
export interface RunFile {
  current(): RunRecord;
  /** Resolves once it is on disk. */
  setBuckets(buckets: readonly BucketFindings[]): Promise<void>;
  /** Merges new findings about one bucket into the known ones. Warnings are added to those of the bucket. */
  note(bucket: string, found: (known: BucketFindings) => Partial<BucketFindings>): Promise<void>;
}

export function openRunFile(runDir: string, begun: RunRecord): RunFile {
  let run = begun;
  let last: Promise<unknown> = Promise.resolve();
  const setBuckets = (buckets: readonly BucketFindings[]) => {
    run = { ...run, buckets: [...buckets] };
    const written = last.then(() => writeRunRecord(runDir, run));
    // The caller of this write gets the error; the next write tries again.
    last = written.catch(() => undefined);
    return written;
  };
  return {
    current: () => run,
    setBuckets,
    note: (bucket, found) =>
      setBuckets(run.buckets.map((known) => (known.bucket === bucket ? merged(known, found(known)) : known))),
  };
}

function merged(known: BucketFindings, found: Partial<BucketFindings>): BucketFindings {
  return { ...known, ...found, warnings: [...new Set([...known.warnings, ...(found.warnings ?? [])])] };
}

export const MANIFEST_FILE = "manifest.json";
/** A DSSE envelope over the manifest, if the run is signed. */
export const SIGNATURE_FILE = "manifest.dsse.json";

/** These files describe the other files of a run, so the manifest does not list them. */
const SPEAK_OF_FILES: ReadonlySet<string> = new Set([MANIFEST_FILE, SIGNATURE_FILE]);

/** Paths relative to the run folder, separated by `/`, sorted by code unit. */
interface ListedFiles {
  /** Every regular file except the manifest, its signature and the lock. */
  readonly files: readonly string[];
  /** Links, pipes, empty folders and the like. A run never writes them, so they are not opened. */
  readonly others: readonly OtherEntry[];
  /** Files with the name of a lock, whatever they contain. */
  readonly locks: readonly string[];
}

interface OtherEntry {
  readonly path: string;
  /** In words, for example "a link". */
  readonly is: string;
}

interface Entry {
  readonly path: string;
  /** `null` for a regular file. */
  readonly is: string | null;
}

export async function listFiles(runDir: string): Promise<ListedFiles> {
  const found = (await entriesBelow(runDir, "")).filter(({ path, is }) => !(is === null && SPEAK_OF_FILES.has(path)));
  const sorted = found.sort((left, right) => (left.path < right.path ? -1 : 1));
  return {
    files: sorted.flatMap(({ path, is }) => (is === null && !IS_LOCK.test(path) ? path : [])),
    locks: sorted.flatMap(({ path, is }) => (is === null && IS_LOCK.test(path) ? path : [])),
    others: sorted.flatMap(({ path, is }) => (is === null ? [] : { path, is })),
  };
}

async function entriesBelow(runDir: string, folder: string): Promise<Entry[]> {
  const entries = await readdir(join(runDir, folder), { withFileTypes: true });
  if (entries.length === 0 && !MAY_BE_EMPTY.has(folder)) return [{ path: folder, is: "an empty folder" }];
  return (await Promise.all(entries.map((entry) => entriesOf(runDir, folder, entry)))).flat();
}

const MAY_BE_EMPTY: ReadonlySet<string> = new Set(["", "journal"]);

async function entriesOf(runDir: string, folder: string, entry: Dirent): Promise<Entry[]> {
  const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
  return entry.isDirectory() ? entriesBelow(runDir, path) : [{ path, is: unusualKind(entry) }];
}
