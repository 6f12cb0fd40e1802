import { setTimeout as sleep } from "node:timers/promises";
import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { ObjectRef } from "../model/object.js";
import type { ListingFault } from "../store/answers.js";
import { attempt } from "./attempt.js";
import type { PriorKnowledge, RunContext } from "./context.js";
import { unexplained } from "./copy-and-verify.js";
import {
  type AttemptResult,
  CHANGED,
  type EarlierAttempts,
  type ObjectResult,
  observeListing,
  outcomeOfFault,
  type RefusedWay,
  resultOfInspection,
  resultOfNotFound,
  type Sighting,
  type UnansweredCopy,
} from "./object-result.js";

/** How often an object is examined if other clients keep writing to it. */
const MAX_LOOKS = 5;
/** A listing may lag behind for a while. The wait doubles with every look. */
const FIRST_WAIT_MS = 150;

type FailureOfLooks = Extract<AttemptResult, { kind: "again" }>["why"];

/**
 * Processes one object, from its listing to its journal line. `null` if the run was interrupted before the
 * object had an outcome: a resumed run processes it again.
 */
export async function processObject(ref: ObjectRef, context: RunContext): Promise<OutcomeRecord | null> {
  // An object that an earlier session of this run copied may have another ETag by now.
  if (ref.notAsNamed === undefined || context.inFlight.earlier(ref) !== undefined) return processThere(ref, context);
  return toRecord(ref, resultOfNotFound(ref, ref.notAsNamed), 0, performance.now(), context);
}

async function processThere(ref: ObjectRef, context: RunContext): Promise<OutcomeRecord | null> {
  const startedMs = performance.now();
  if (ref.fault !== undefined) return toRecord(ref, resultOfFault(ref, ref.fault), 0, startedMs, context);
  let looked: Looked;
  try {
    looked = await lookUntilDone(ref, context);
  } catch (error) {
    if (context.signal?.aborted) return null;
    throw error;
  }
  const { result, notes, looks } = looked;
  // An interruption may have caused the failure, because it cuts retries short.
  if (context.signal?.aborted && result.outcome.kind === "failed") return null;
  return toRecord(ref, { ...result, notes: [...result.notes, ...notes] }, looks, startedMs, context);
}

/** The record of an object about which facts may be known already. `read` examines the object. */
export async function recordKnown<R extends OutcomeRecord | VersionRecord>(
  known: PriorKnowledge<R> | undefined,
  read: () => Promise<R | null>,
): Promise<R | null> {
  if (known?.kind === "take") return known.record;
  const record = await read();
  return known === undefined || record === null ? record : known.settle(record);
}

interface Looked {
  readonly result: ObjectResult;
  readonly notes: readonly string[];
  readonly looks: number;
}

async function lookUntilDone(ref: ObjectRef, context: RunContext): Promise<Looked> {
  const notes: string[] = [];
  const refusedWays: RefusedWay[] = [];
  const begun = context.inFlight.earlier(ref);
  let copy: UnansweredCopy | undefined = begun && { ...begun, answer: "lost" };
  let why: FailureOfLooks = "changed";
  for (let looks = 1; looks <= MAX_LOOKS; looks += 1) {
    const seen = await attemptAfterWait(ref, context, { copy, refusedWays });
    if (seen.kind === "done") {
      const { result } = seen;
      return { result, notes: [...notes, ...changedNotes(refusedWays, result.before)], looks };
    }
    if (seen.refusedWay === undefined) notes.push(seen.note);
    else refusedWays.push(seen.refusedWay);
    copy = seen.copy ?? copy;
    why = seen.why;
    if (why === "not-found") await waitForListing(looks, context.signal);
  }
  const result = failedLooks(ref, why, refusedWays);
  return { result, notes: [...notes, ...changedNotes(refusedWays, refusedWays[0]?.facts)], looks: MAX_LOOKS };
}

/** If a look after a refusal saw another object than the look before it, somebody wrote. */
function changedNotes(refusedWays: readonly RefusedWay[], seen: Sighting | undefined): readonly string[] {
  const isChanged = seen !== undefined && unexplained(refusedWays, seen).length < refusedWays.length;
  return isChanged ? [CHANGED] : [];
}

function resultOfFault(ref: ObjectRef, fault: ListingFault): ObjectResult {
  const outcome = outcomeOfFault(fault);
  const decision = { kind: "none", reason: outcome.reason } as const;
  return { before: observeListing(ref), after: null, decision, outcome, notes: [], requestIds: [] };
}

function toRecord(
  ref: ObjectRef,
  result: ObjectResult,
  attempts: number,
  startedMs: number,
  context: RunContext,
): OutcomeRecord {
  return {
    kind: "outcome",
    bucket: ref.bucket,
    key: ref.key,
    before: result.before,
    after: result.after,
    decision: result.decision,
    outcome: result.outcome,
    notes: [...new Set(result.notes)],
    attempts,
    durationMs: Math.round(performance.now() - startedMs),
    requestIds: result.requestIds.filter((id) => id !== null),
    at: context.now().toISOString(),
  };
}

/** An attempt that had to wait has done nothing yet, so it is repeated. */
async function attemptAfterWait(
  ref: ObjectRef,
  context: RunContext,
  earlier: EarlierAttempts,
): Promise<Exclude<AttemptResult, { kind: "waited" }>> {
  let result = await attempt(ref, context, earlier);
  while (result.kind === "waited") result = await attempt(ref, context, { ...earlier, needsAcl: result.needsAcl });
  return result;
}

async function waitForListing(looks: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(FIRST_WAIT_MS * 2 ** (looks - 1), undefined, signal ? { signal } : {}).catch(() => undefined);
}

const FAILURES = {
  changed: {
    reason: "kept-changing",
    detail: `changed before the copy in each of ${MAX_LOOKS} attempts`,
  },
  "not-found": { reason: "listed-not-found", detail: `listed, but not found in any of ${MAX_LOOKS} attempts` },
} as const;

function failedLooks(ref: ObjectRef, why: FailureOfLooks, refusedWays: readonly RefusedWay[]): ObjectResult {
  const vanished = resultOfInspection(ref, { kind: "vanished" });
  const { reason, detail } = refusedUnchanged(refusedWays) ?? FAILURES[why];
  return { ...vanished, decision: { kind: "none", reason }, outcome: { kind: "failed", reason, detail } };
}

/**
 * Each look saw the same object, and each copy was refused as if it had changed: nobody else is the cause.
 */
function refusedUnchanged(refusedWays: readonly RefusedWay[]) {
  const last = refusedWays.at(-1);
  if (last === undefined || unexplained(refusedWays, last.facts).length < MAX_LOOKS) return null;
  const detail = `${last.message}; ${MAX_LOOKS} attempts saw the same object, so nobody wrote to it, and no way of copying it succeeded`;
  return { reason: "store-error", detail } as const;
}
