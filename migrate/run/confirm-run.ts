import type { Named } from "../compare/key-manifest.js";
import { openWalk } from "../compare/named-walk.js";
import { RunError } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import type { RunRecord } from "../journal/run-record.js";
import { objectFilter } from "../list/object-filter.js";
import type { Scope } from "../model/scope.js";
import { StoreError } from "../store/store-error.js";
import { confirmRemoval } from "../versions/confirm-removal.js";
import type { BucketAccess } from "./check-access.js";
import type { Connection } from "./connect.js";
import { fatalWords } from "./describe-fatal.js";
import { planOfListing } from "./plan-run.js";
import type { Session } from "./session.js";
import { nameOf, unseenBy } from "./sights.js";

interface ToConfirm {
  readonly met: BucketAccess;
  readonly named: Named | null;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
}

interface Confirmed extends BucketAccess {
  /** What belongs into run.json. */
  readonly planned: Pick<RunRecord, "plan">;
  /** Whether the objects were counted for the plan. */
  readonly isCounted: boolean;
}

/**
 * Asks for confirmation of the plan, and of the removal of versions. Resolves with the scopes that can still be
 * seen, without those whose versions cannot be counted.
 */
export async function confirmRun(
  session: Session,
  { store, openRoom }: Pick<Connection, "store" | "openRoom">,
  { met, named, signal, onEvent }: ToConfirm,
): Promise<Confirmed> {
  const { options, earlier } = session;
  const unseen = new Map(met.unseen);
  const onRefused = (scope: Scope, error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
    if (signal?.aborted) return;
    const { bucket } = scope;
    const because = unseenBy(error, bucket, { options, isElsewhere: met.regions.has(bucket) });
    unseen.set(nameOf(scope), because ?? { because: "other", detail: "" });
    if (because === null || unseen.size === met.scopes.length) {
      throw new RunError(fatalWords(error, options, bucket), { cause: error });
    }
  };
  const scopes = met.scopes.filter((scope) => !unseen.has(nameOf(scope)));
  const isInScope = objectFilter(options.filters);
  const walk = openWalk(store, named, { signal });
  // A caller who typed the number of versions to remove is not asked a second time.
  const wasAsked = await confirmRemoval({ store, walk, scopes, options, isInScope, openRoom, signal, onRefused });
  const seen = scopes.filter((scope) => !unseen.has(nameOf(scope)));
  const plan = wasAsked ? undefined : await confirmPlan(session, { store, scopes: seen, named, signal, onEvent });
  const recorded = plan ?? earlier?.plan;
  const planned = recorded === undefined ? {} : { plan: recorded };
  return { ...met, unseen, planned, isCounted: plan?.complete === true };
}

/** The plan that was confirmed; `undefined` if nobody has to confirm it. A resumed run was confirmed when it began. */
async function confirmPlan(session: Session, listed: Parameters<typeof planOfListing>[1]): Promise<RunRecord["plan"]> {
  const { options, command, earlier } = session;
  if (options.confirmPlan === null || options.dryRun || command !== "migrate" || earlier !== null) return undefined;
  const plan = await planOfListing(session, listed);
  if (listed.signal?.aborted) throw notConfirmed("interrupted before the plan was confirmed");
  listed.onEvent({ kind: "plan", plan });
  if (!(await options.confirmPlan(plan))) throw notConfirmed("not confirmed");
  return plan;
}

function notConfirmed(why: string): RunError {
  return new RunError(`${why}: nothing was written, and every bucket is unchanged`, { because: "interrupted" });
}
