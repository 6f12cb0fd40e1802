import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ProviderId } from "../../providers/index.js";
import { voidDropped } from "../compare/baseline.js";
import type { Named } from "../compare/key-manifest.js";
import { RunError, UsageError } from "../errors.js";
import { checkIntegrity } from "../evidence/check-files.js";
import { type Finding, findingWords } from "../evidence/finding.js";
import { readManifest } from "../evidence/manifest.js";
import { readJournal, segmentsAmong } from "../journal/read-journal.js";
import type { JournalRecord, ThrowAwayRecord } from "../journal/record.js";
import { leftUnfinished, NOT_STARTED, resumeState, type ScopeProgress, type Unfinished } from "../journal/resume.js";
import { listFiles, readRunRecord, refuseFullRunDir } from "../journal/run-folder.js";
import type { RunLock } from "../journal/run-lock.js";
import type { RunRecord } from "../journal/run-record.js";
import { cutTornLine } from "../journal/segments.js";
import type { Scope } from "../model/scope.js";
import { isPlace, isRecorded, isRenewable } from "../options/option-table.js";
import { isPlaceGiven, refuseUnvouchedPlace } from "../options/place.js";
import { sourceName } from "../options/read-outputs.js";
import { type ResolvedOptions, resolveOptions } from "../options/resolve-options.js";
import type { GivenOptions } from "../options/run-options.js";

import { refuseToSign } from "./close-run.js";

export type Command = RunRecord["command"];

/** One start of a run: the first, or one that resumes it. */
export interface Session {
  readonly command: Command;
  readonly options: ResolvedOptions;
  /** The given options that `options` were resolved from. */
  readonly given: GivenOptions;
  /** The options that may be recorded, for a later session that resumes the run. */
  readonly written: Readonly<Record<string, unknown>>;
  readonly runDir: string;
  /** The run so far, if this session resumes it. */
  readonly earlier: RunRecord | null;
  /** Uploads and copies of an earlier session that was killed before it could end them. */
  readonly unfinished: readonly Unfinished[];
  /** The test objects of earlier sessions. */
  readonly throwAways: readonly ThrowAwayRecord[];
  readonly progressOf: (scope: Scope) => ScopeProgress;
}

/** Locks a run to resume before it reads any file that another process may be writing. */
export async function openSession(command: Command, given: GivenOptions, lock: RunLock, now: Date): Promise<Session> {
  return given.resume ? resumeSession(command, given, lock) : beginSession(command, given, now);
}

async function beginSession(command: Command, given: GivenOptions, now: Date): Promise<Session> {
  if (command !== "audit" && given.baseline !== undefined) {
    throw new UsageError([
      "baseline: only an audit can use an earlier run, because a copy has to look at each object again: leave it out",
    ]);
  }
  const options = await resolveOptions(given);
  const runDir = options.out ?? join("bucketseal-runs", `${now.toISOString().replaceAll(":", "-")}-${command}`);
  await refuseFullRunDir(runDir);
  const written = writable({ ...given, pathStyle: options.pathStyle });
  return {
    command,
    options,
    given,
    written,
    runDir,
    earlier: null,
    unfinished: [],
    throwAways: [],
    progressOf: () => NOT_STARTED,
  };
}

async function resumeSession(command: Command, given: GivenOptions, lock: RunLock): Promise<Session> {
  if (given.out === undefined) throw new UsageError(["--resume needs a run folder: give it with --out"]);
  const runDir = given.out;
  // Without a run there is no lock. Its options never change, so wrong ones are reported without a lock.
  refuseOtherRun(command, given, await readRunRecord(runDir));
  await lock.take(runDir);
  const earlier = await readRunRecord(runDir);
  // Speed, identity and the paths of keys may be given again, the location never.
  const renewed = Object.entries(given).filter(([name, value]) => value !== undefined && isRenewable(name));
  const place = placeOf(earlier, given);
  const merged: GivenOptions = { ...place, ...Object.fromEntries(renewed), out: runDir };
  const options = await resolveOptions(merged);
  await refuseUnvouchedPlace(runDir, earlier, { given, publicKeys: options.publicKeys });
  refuseOtherPlace(options, earlier);
  refuseToSign(runDir, earlier, options.signer);
  refuseOtherTargetKey(options, earlier);
  for (const { bucket, kmsKey } of earlier.buckets) {
    if (kmsKey !== undefined) options.policy.target.kmsKey?.settle(bucket, kmsKey);
  }
  await refuseChangedJournal(runDir);
  await cutTornLine(runDir);
  await voidDropped(runDir, earlier);
  const progress = await resumeState(() => readJournal(runDir), options.scopes);
  const throwAways: ThrowAwayRecord[] = [];
  const unfinished = await leftUnfinished(collecting(readJournal(runDir), throwAways));
  const progressOf = (scope: Scope) => progress.get(scope) ?? NOT_STARTED;
  const { options: written } = earlier;
  return { command, options, given: merged, written, runDir, earlier, unfinished, throwAways, progressOf };
}

/** The fingerprints of the customer keys, which reveal nothing about them. */
export function customerKeysOf({ keys, policy: { target } }: ResolvedOptions): Pick<RunRecord, "customerKeys"> {
  const md5 = target.customerKey?.md5 ?? null;
  if (md5 === null && keys.entries.length === 0) return {};
  return { customerKeys: { target: md5, sources: keys.entries.map(({ prefix, key }) => ({ prefix, md5: key.md5 })) } };
}

async function* collecting(records: AsyncIterable<JournalRecord>, throwAways: ThrowAwayRecord[]) {
  for await (const record of records) {
    if (record.kind === "throw-away") throwAways.push(record);
    yield record;
  }
}

/** The options of the first session. Buckets from a file or a listing are spelt out. */
function placeOf({ options, scopes, provider, endpoint, region }: RunRecord, given: GivenOptions): GivenOptions {
  const { targets: _targets, allBuckets: _allBuckets, ...rest } = options;
  const locations = scopes.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`);
  const ofRun = { provider: provider as ProviderId, region, pathStyle: options.pathStyle as boolean | undefined };
  if (!isPlaceGiven(given)) return { ...rest, ...ofRun, locations, endpoint };
  const said = { endpoint: given.endpoint, region: given.region ?? region, provider: given.provider ?? ofRun.provider };
  return { ...rest, ...ofRun, ...said, locations };
}

function refuseOtherPlace({ endpoint, region }: ResolvedOptions, earlier: RunRecord): void {
  if (endpoint === earlier.endpoint && region === earlier.region) return;
  throw new UsageError([
    `the run is at ${earlier.endpoint} (${earlier.region}), but ${endpoint} (${region}) was given: a resumed run cannot move, so give the run's own --endpoint and --region`,
  ]);
}

export function refuseOtherRun(command: Command, given: GivenOptions, earlier: RunRecord): void {
  const problems: string[] = [];
  if (earlier.command !== command)
    problems.push(
      `"${given.out}" contains a run of "${earlier.command}": resume it with bucketseal ${earlier.command}`,
    );
  const fixed = Object.entries(writable(given)).filter(([name]) => !isPlace(name) && !isRenewable(name));
  for (const [name, value] of fixed) {
    const was = earlier.options[name];
    if (!isDeepStrictEqual(value, was)) {
      problems.push(
        `a resumed run keeps its options, and ${name} was ${JSON.stringify(was) ?? "not given"}: leave it out, or start a new run`,
      );
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
}

/** Nobody wants a bucket that is half under one key and half under another. */
function refuseOtherTargetKey({ policy: { target } }: ResolvedOptions, { customerKeys }: RunRecord): void {
  const was = customerKeys?.target ?? null;
  const is = target.customerKey?.md5 ?? null;
  if (is === was) return;
  throw new UsageError([
    `--to-key-file contains another key (MD5 ${is}) than when this run began (MD5 ${was}): give the file of that key, or start a new run`,
  ]);
}

function writable({ targets, ...given }: GivenOptions): Record<string, unknown> {
  const named = targets === undefined ? given : { ...given, targets: sourceName(targets) };
  const entries = Object.entries(named).filter(([name, value]) => value !== undefined && isRecorded(name));
  return JSON.parse(JSON.stringify(Object.fromEntries(entries)));
}

/**
 * Throws if a journal is not as its last session left it: records after a change would vouch for it. A killed
 * run has no manifest, so its segments verify one another.
 */
export async function refuseChangedJournal(runDir: string): Promise<void> {
  const { manifest, findings: ofManifest } = await readManifest(runDir);
  const { files, others } = await listFiles(runDir);
  const segments = await segmentsAmong(runDir, files);
  const { findings } = await checkIntegrity(runDir, { manifest, findings: [] }, segments);
  const reasons: readonly Finding[] = [
    ...ofManifest.filter(({ kind }) => kind !== "manifest-missing"),
    ...others.map((other) => ({ kind: "file-extra", ...other }) as const),
    ...findings,
  ];
  if (reasons.length === 0) return;
  throw new RunError(
    `run folder "${runDir}" was changed since it was written, and continuing would hide that: ${reasons.map(findingWords).join("; ")}; bucketseal verify shows details. Start a new run in another folder: objects that are already encrypted stay as they are`,
  );
}

/** A manifest of fewer objects is done by the time at which another process could begin. */
const WORTH_A_PROCESS = 1000;

/** How many processes work. With a baseline most objects are only listed, so others would bring next to nothing. */
export function workersFor(
  { workers, concurrency }: Pick<Session["options"], "workers" | "concurrency">,
  { named, baseline }: { readonly named: Pick<Named, "record"> | null; readonly baseline: object | null },
): number {
  const isLight = baseline !== null || (named !== null && named.record.lines < WORTH_A_PROCESS);
  return isLight && !workers.isGiven ? 1 : Math.min(workers.count, concurrency);
}
