import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { RunError, TOOL_VERSION, WriteError } from "../errors.js";
import { checkRun } from "../evidence/check-run.js";
import { findingWords, isOfStop } from "../evidence/finding.js";
import { removeManifest } from "../evidence/manifest.js";
import type { OnEvent } from "../journal/events.js";
import { readJournal } from "../journal/read-journal.js";
import { makeRunDir, readRunRecord, refuseFullRunDir, writeRunRecord } from "../journal/run-folder.js";
import { createRunLock, type RunLock } from "../journal/run-lock.js";
import { LAYOUT, type RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import type { GivenOptions } from "../options/run-options.js";
import type { Summary } from "../report/summary.js";
import { summarise } from "../report/survey.js";
import { type Verdict, verdict } from "../report/verdict.js";
import { type GivenFiles, now, openGivenFiles } from "./build-context.js";
import { type BucketAccess, checkAccess } from "./check-access.js";
import { closeRun, type Seal } from "./close-run.js";
import { confirmRun } from "./confirm-run.js";
import type { Connection } from "./connect.js";
import { recordedSettings } from "./describe-fatal.js";
import { withPlan } from "./plan-run.js";
import { isDoneBefore, type RunEnd, runScopesByBaseline } from "./run-scopes.js";
import { type Command, customerKeysOf, openSession, refuseOtherRun, type Session } from "./session.js";

export interface RunResult {
  readonly run: RunRecord;
  readonly summary: Summary;
  readonly verdict: Verdict;
  readonly runDir: string;
  readonly seal: Seal;
  /** The run was already complete and nothing was done; absent otherwise. */
  readonly wasComplete?: true;
}

/** Executes a whole run, from its options to its manifest. */
export async function executeRun(command: Command, given: GivenOptions): Promise<RunResult> {
  const lock = createRunLock();
  try {
    return (await completedRun(command, given)) ?? (await executeLocked(command, given, lock));
  } finally {
    await lock.release();
  }
}

async function executeLocked(command: Command, given: GivenOptions, lock: RunLock): Promise<RunResult> {
  const session = await openSession(command, given, lock, now());
  try {
    return await executeSession(session, given, { lock, now });
  } catch (error) {
    throw error instanceof WriteError && !error.isTemporary ? stoppedByDisk(error, session) : error;
  }
}

function stoppedByDisk({ path, code, cause }: WriteError, { command, runDir, options }: Session): WriteError {
  const place = `--endpoint ${options.endpoint} --region ${options.region}`;
  return new WriteError(
    path,
    code,
    cause,
    `free some space, then continue with bucketseal ${command} --resume --out ${runDir} ${place}; the work done so far is in that folder`,
  );
}

interface Circumstances {
  readonly lock: RunLock;
  readonly now: () => Date;
}

async function executeSession(session: Session, given: GivenOptions, { lock, now }: Circumstances): Promise<RunResult> {
  const { signal, onEvent = () => undefined } = given;
  const connection = await connectSession(session, signal, onEvent);
  let files: GivenFiles | null = null;
  try {
    const isDone = (scope: Scope) => isDoneBefore(session, scope);
    const found = await checkAccess(session.options, connection, { signal, isDone, onEvent });
    files = await openGivenFiles(session, found.scopes, onEvent);
    const met = await confirmRun(session, connection, { met: found, named: files.named, signal, onEvent });
    let run: RunRecord = { ...(await beginRun(session, connection, met, now())), ...files.record, ...met.planned };
    onEvent({ kind: "started", run, runDir: session.runDir });
    await makeRunDir(session.runDir);
    await lock.take(session.runDir);
    // Another process may have begun and ended a run in this folder meanwhile.
    if (session.earlier === null) await refuseFullRunDir(session.runDir);
    await writeRunRecord(session.runDir, run);
    // An earlier session's manifest describes files that this session will append to.
    await removeManifest(session.runDir);
    // Listing twice would cost more than the remaining reads.
    const countsAhead = given.countAhead === true && !met.isCounted && files.baseline === null && files.named === null;
    const stop = eitherSignal(connection.lost, signal);
    const tools = { signal: stop, onEvent, now, files, met, countsAhead };
    const { end, ...taken } = await runScopesByBaseline(session, connection, run, tools);
    onEvent({ kind: "reporting" });
    run = await withPlan(endRun({ ...taken.run, buckets: end.buckets }, now(), end), session);
    const { summary, seal } = await closeRun(session.runDir, run, session.options.formats, session.options.signer);
    if (end.end === "aborted") {
      throw new RunError(end.message ?? "", { runDir: session.runDir, because: end.because ?? "store" });
    }
    return { run, summary, verdict: verdict(summary, run), runDir: session.runDir, seal };
  } finally {
    connection.close();
    await files?.close();
  }
}

function eitherSignal(lost: AbortSignal, given: AbortSignal | undefined): AbortSignal {
  const signal = AbortSignal.any([lost, ...(given ? [given] : [])]);
  setMaxListeners(0, signal);
  return signal;
}

/** Loads the AWS SDK. Options that cannot be used, and complete runs, do without it. */
async function connectSession({ command, options }: Session, signal: AbortSignal | undefined, onEvent: OnEvent) {
  const { connectRun } = await import("./connect.js");
  return connectRun(command, { ...options, signal, onEvent });
}

async function beginRun(
  session: Session,
  connection: Connection,
  { scopes, owner }: BucketAccess,
  now: Date,
): Promise<RunRecord> {
  const { command, options, earlier } = session;
  const accessKeyId = await connection.accessKeyId();
  const begun = { startedAt: now.toISOString(), accessKeyId, toolVersion: TOOL_VERSION };
  return {
    schema: "bucketseal/run/1",
    id: earlier?.id ?? randomUUID(),
    tool: { name: "bucketseal", version: TOOL_VERSION, node: process.versions.node, layout: LAYOUT },
    command,
    dryRun: options.dryRun,
    provider: options.provider.id,
    endpoint: options.endpoint,
    region: options.region,
    accessKeyId,
    ...ownerOf(owner, earlier),
    capabilities: { from: options.capabilities.from, values: { ...options.capabilities.values } },
    scopes: [...scopes],
    options: { ...session.written },
    settings: recordedSettings(options),
    ...customerKeysOf(options),
    ...kmsKeyOf(options),
    buckets: earlier?.buckets ?? [],
    sessions: [...(earlier?.sessions ?? []), { ...begun, endedAt: null, end: null, message: null }],
  };
}

/** A resumed run knows its buckets and does not list them again. */
function ownerOf(owner: BucketAccess["owner"], earlier: RunRecord | null): Pick<RunRecord, "owner"> {
  const known = owner ?? earlier?.owner;
  return known === undefined ? {} : { owner: { ...known } };
}

function kmsKeyOf({ policy: { target } }: Session["options"]): Pick<RunRecord, "kmsKey"> {
  if (target.kmsKey === null) return {};
  const { given, bucketKey } = target.kmsKey;
  return { kmsKey: { given, bucketKey } };
}

function endRun(run: RunRecord, now: Date, { end, message, requests }: RunEnd): RunRecord {
  const ended = run.sessions.map((session, index) =>
    index === run.sessions.length - 1 ? { ...session, endedAt: now.toISOString(), end, message, requests } : session,
  );
  return { ...run, sessions: ended };
}

/**
 * The result of a completed run that is to be resumed; its folder stays unmodified. `null` if the run was not
 * complete or could not see all of its locations: those are tried again.
 *
 * @throws RunError if the folder was changed since
 */
async function completedRun(command: Command, given: GivenOptions): Promise<RunResult | null> {
  const { out: runDir, resume } = given;
  if (!resume || runDir === undefined) return null;
  const run = await readRunRecord(runDir);
  if (run.sessions.at(-1)?.end !== "complete") return null;
  refuseOtherRun(command, given, run);
  const { findings, seal } = await checkRun(runDir, { toolVersion: TOOL_VERSION });
  // The session was killed between writing the last two files.
  if (findings.some(({ kind }) => kind === "manifest-missing")) return null;
  const changed = findings.filter((finding) => !isOfStop(finding));
  if (changed.length > 0) {
    throw new RunError(
      `run folder "${runDir}" contains a complete run and was changed since it was written: ${changed.map(findingWords).join("; ")}; bucketseal verify shows details, and bucketseal report writes the reports again`,
    );
  }
  const { manifestSha256, signature } = seal;
  const [signedBy = null] = "keyids" in signature ? signature.keyids : [];
  const summary = await summarise(readJournal(runDir), run.scopes, run);
  if (summary.total.notSeen !== undefined) return null;
  const sealed = { manifestSha256: manifestSha256 ?? "", signedBy };
  return { run, summary, verdict: verdict(summary, run), runDir, seal: sealed, wasComplete: true };
}
