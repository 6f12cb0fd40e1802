import { setTimeout as sleep } from "node:timers/promises";
import type { OutcomeRecord } from "../journal/record.js";
import type { ObjectRef } from "../model/object.js";
import type { ListingFault } from "../store/answers.js";
import { look } from "./attempt.js";
import type { Road } from "./context.js";
import { CHANGED, type EarlierLooks, type Look } from "./look.js";
import type { UnansweredAttempt } from "./lost-answer.js";
import {
  type Finding,
  findingOfInspection,
  findingOfNotFound,
  observeListing,
  outcomeOfFault,
} from "./object-result.js";
import { type RefusedWay, type Sighting, unexplained } from "./refused-copy.js";

/** How often an object that others keep writing to is looked at. */
const MAX_LOOKS = 5;
/** A listing may lag behind for a while; doubled with every look. */
const FIRST_WAIT_MS = 150;

type Ready = Exclude<Look, { kind: "waited" }>;
type FailureOfLooks = Extract<Look, { kind: "again" }>["why"];

/**
 * The road of one object, from its listing to its journal line.
 * `null` where the run was interrupted before the object came to an outcome: a resumed run takes it up again.
 */
export async function processObject(ref: ObjectRef, road: Road): Promise<OutcomeRecord | null> {
  // What an earlier session of this run copied may have another ETag by now.
  if (ref.notAsNamed === undefined || road.earlierAttempt(ref) !== undefined) return processThere(ref, road);
  return toRecord(ref, findingOfNotFound(ref, ref.notAsNamed), 0, performance.now(), road);
}

async function processThere(ref: ObjectRef, road: Road): Promise<OutcomeRecord | null> {
  const startedMs = performance.now();
  if (ref.fault !== undefined) return toRecord(ref, findingOfFault(ref, ref.fault), 0, startedMs, road);
  let looked: Looked;
  try {
    looked = await lookUntilDone(ref, road);
  } catch (error) {
    if (road.signal?.aborted) return null;
    throw error;
  }
  const { finding, notes, looks } = looked;
  // A failure under an interruption may be its doing: retries were cut short.
  if (road.signal?.aborted && finding.outcome.kind === "failed") return null;
  return toRecord(ref, { ...finding, notes: [...finding.notes, ...notes] }, looks, startedMs, road);
}

interface Looked {
  readonly finding: Finding;
  readonly notes: readonly string[];
  readonly looks: number;
}

async function lookUntilDone(ref: ObjectRef, road: Road): Promise<Looked> {
  const notes: string[] = [];
  const refusedWays: RefusedWay[] = [];
  const begun = road.earlierAttempt(ref);
  let attempt: UnansweredAttempt | undefined = begun && { ...begun, answer: "lost" };
  let why: FailureOfLooks = "changed";
  for (let looks = 1; looks <= MAX_LOOKS; looks += 1) {
    const seen = await lookOnceReady(ref, road, { attempt, refusedWays });
    if (seen.kind === "done") {
      const { finding } = seen;
      return { finding, notes: [...notes, ...changedNotes(refusedWays, finding.before)], looks };
    }
    if (seen.refusedWay === undefined) notes.push(seen.note);
    else refusedWays.push(seen.refusedWay);
    attempt = seen.attempt ?? attempt;
    why = seen.why;
    if (why === "not-found") await waitForListing(looks, road.signal);
  }
  const finding = failedLooks(ref, why, refusedWays);
  return { finding, notes: [...notes, ...changedNotes(refusedWays, refusedWays[0]?.facts)], looks: MAX_LOOKS };
}

/** Somebody wrote where a look after a refusal saw another object than the one before it. */
function changedNotes(refusedWays: readonly RefusedWay[], seen: Sighting | undefined): readonly string[] {
  const isChanged = seen !== undefined && unexplained(refusedWays, seen).length < refusedWays.length;
  return isChanged ? [CHANGED] : [];
}

function findingOfFault(ref: ObjectRef, fault: ListingFault): Finding {
  const outcome = outcomeOfFault(fault);
  const decision = { kind: "none", reason: outcome.reason } as const;
  return { before: observeListing(ref), after: null, decision, outcome, notes: [], requestIds: [] };
}

function toRecord(ref: ObjectRef, finding: Finding, attempts: number, startedMs: number, road: Road): OutcomeRecord {
  return {
    kind: "outcome",
    bucket: ref.bucket,
    key: ref.key,
    before: finding.before,
    after: finding.after,
    decision: finding.decision,
    outcome: finding.outcome,
    notes: [...new Set(finding.notes)],
    attempts,
    durationMs: Math.round(performance.now() - startedMs),
    requestIds: finding.requestIds.filter((id) => id !== null),
    at: road.now().toISOString(),
  };
}

/** A look that had to wait has done nothing yet. */
async function lookOnceReady(ref: ObjectRef, road: Road, earlier: EarlierLooks): Promise<Ready> {
  let seen: Look = await look(ref, road, earlier);
  while (seen.kind === "waited") seen = await look(ref, road, earlier);
  return seen;
}

async function waitForListing(looks: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(FIRST_WAIT_MS * 2 ** (looks - 1), undefined, signal ? { signal } : {}).catch(() => undefined);
}

const FAILURES = {
  changed: {
    reason: "kept-changing",
    detail: `changed between each of ${MAX_LOOKS} looks and the copy that followed`,
  },
  "not-found": { reason: "listed-not-found", detail: `listed, and not found by any of ${MAX_LOOKS} looks` },
} as const;

function failedLooks(ref: ObjectRef, why: FailureOfLooks, refusedWays: readonly RefusedWay[]): Finding {
  const vanished = findingOfInspection(ref, { kind: "vanished" });
  const { reason, detail } = refusedUnchanged(refusedWays) ?? FAILURES[why];
  return { ...vanished, decision: { kind: "none", reason }, outcome: { kind: "failed", reason, detail } };
}

/** Each look saw the same object, and each copy was refused as if it had changed: nobody else is to blame. */
function refusedUnchanged(refusedWays: readonly RefusedWay[]) {
  const last = refusedWays.at(-1);
  if (last === undefined || unexplained(refusedWays, last.facts).length < MAX_LOOKS) return null;
  const detail = `${last.message}; ${MAX_LOOKS} looks saw the same object, so nobody wrote, and no way of copying it was taken`;
  return { reason: "store-error", detail } as const;
}
