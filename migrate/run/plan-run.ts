import type { Named } from "../compare/key-manifest.js";
import { openWalk } from "../compare/named-walk.js";
import { disablesAcls } from "../journal/bucket-record.js";
import type { OnEvent } from "../journal/events.js";
import { readJournal } from "../journal/read-journal.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import { objectFilter } from "../list/object-filter.js";
import { capabilitiesFor } from "../model/capabilities.js";
import type { ObjectRef } from "../model/object.js";
import type { Plan } from "../model/policy.js";
import { STRATEGIES } from "../model/reason.js";
import type { Scope } from "../model/scope.js";
import { type Circumstances, PlanTally } from "../plan/estimate.js";
import { expectedParts } from "../plan/part-ranges.js";
import { planListed } from "../plan/plan.js";
import { guardOf } from "../plan/strategies.js";
import { createSummaryFold } from "../report/summary-fold.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { countAhead } from "./count-ahead.js";
import type { Session } from "./session.js";

/** Who waits for a question should not wait for the listing of a billion objects. */
const MOST_LISTING_MS = 60_000;

interface Listed {
  readonly store: ObjectStore;
  readonly scopes: readonly Scope[];
  readonly named: Named | null;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
}

/** What a migration would do at most, from the listing alone. Objects beyond the first minute of it are not counted. */
export async function planOfListing(session: Session, listed: Listed): Promise<Plan> {
  const { options } = session;
  const { policy, capabilities } = options;
  const tally = new PlanTally();
  let objects = 0;
  const onCounted = (ref: ObjectRef) => {
    objects += 1;
    if (ref.fault !== undefined) return;
    const decision = planListed(ref, policy, capabilities.values);
    if (decision.kind === "encrypt") {
      const [{ name: way, guard }] = decision.strategies;
      tally.add({
        way,
        guard,
        sizeBytes: ref.sizeBytes,
        parts: expectedParts(way, ref, policy.partBytes, capabilities.values),
      });
    } else if (decision.reason === "provider-managed") tally.addEncrypted(ref.sizeBytes);
    else tally.leave(decision.reason, ref.sizeBytes);
  };
  const limit = AbortSignal.timeout(MOST_LISTING_MS);
  const signal = listed.signal === undefined ? limit : AbortSignal.any([listed.signal, limit]);
  const complete = await (listed.named === null
    ? countAhead(listed.store, listed.scopes, session, {
        isThrowAway: () => false,
        signal,
        onCounted,
        onEvent: listed.onEvent,
      })
    : countNamed({ ...listed, signal }, objectFilter(options.filters), onCounted));
  return tally.plan({ ...circumstances(options), from: "listing", complete, listed: objects });
}

async function countNamed(
  { store, scopes, named, signal }: Listed,
  isInScope: (ref: ObjectRef) => boolean,
  onCounted: (ref: ObjectRef) => void,
): Promise<boolean> {
  try {
    const walk = openWalk(store, named, { signal });
    const isThere = (ref: ObjectRef) => ref.isListed !== false && ref.notAsNamed === undefined && isInScope(ref);
    for (const scope of scopes) {
      for await (const page of walk.objects(scope, undefined)) page.filter(isThere).forEach(onCounted);
    }
    return !signal?.aborted;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return false;
  }
}

/** The run with the plan that its dry run came to, from its journal; the same run if it is no dry run. */
export async function withPlan(run: RunRecord, { runDir, options }: Session): Promise<RunRecord> {
  if (!run.dryRun) return run;
  const tally = new PlanTally();
  const fold = createSummaryFold(run.scopes);
  for await (const record of readJournal(runDir)) {
    fold.add(record);
    if (record.kind === "outcome") addOutcome(tally, record, options);
  }
  const { total } = fold.result();
  const { objectAcl, ...store } = circumstances(options).store;
  const readsAcls = objectAcl && !run.buckets.every(({ ownership }) => disablesAcls(ownership));
  const given = { ...circumstances(options), store: { ...store, objectAcl: readsAcls } };
  const listed = total.listed + total.filteredOut;
  return { ...run, plan: tally.plan({ ...given, from: "inspection", complete: total.closes, listed }) };
}

function addOutcome(tally: PlanTally, { before, decision, outcome }: OutcomeRecord, options: Session["options"]): void {
  const { sizeBytes } = before;
  if (outcome.kind === "already-encrypted") tally.addEncrypted(sizeBytes);
  if (outcome.kind === "refused") tally.leave(outcome.reason, sizeBytes);
  if (outcome.kind !== "skipped") return;
  const way = STRATEGIES.find((name) => name === decision.kind);
  if (outcome.reason !== "dry-run" || way === undefined) {
    tally.leave(outcome.reason, sizeBytes);
    return;
  }
  const { policy, capabilities } = options;
  const known = capabilitiesFor(
    { encryption: { state: before.state, evidence: "head-header" } },
    policy.target,
    capabilities.values,
  );
  const parts = expectedParts(way, before, policy.partBytes, capabilities.values);
  tally.add({ way, guard: guardOf(way, known), sizeBytes, parts });
}

function circumstances(options: Session["options"]): Omit<Circumstances, "from" | "complete" | "listed"> {
  const { capabilities, provider, readsPerSecond, writesPerSecond } = options;
  return { store: capabilities.values, prices: provider.requestPrices, readsPerSecond, writesPerSecond };
}
