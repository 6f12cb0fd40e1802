import type { Named } from "../compare/key-manifest.js";
import { walkOf } from "../compare/named-walk.js";
import { RunError } from "../errors.js";
import { objectFilter } from "../list/object-filter.js";
import type { Scope } from "../model/scope.js";
import { StoreError } from "../store/store-error.js";
import { confirmRemoval } from "../versions/confirm-removal.js";
import type { Connection } from "./connect.js";
import { fatalWords, type Met } from "./meet-buckets.js";
import type { Session } from "./session.js";
import { nameOf, unseenBy } from "./sights.js";

interface ToConfirm {
  readonly met: Met;
  readonly named: Named | null;
  readonly signal: AbortSignal | undefined;
}

/** Has the removal of versions confirmed, if any is asked for. Resolves with what can still be seen: one whose versions cannot be counted cannot. */
export async function confirmRun(
  { options }: Pick<Session, "options">,
  { store }: Pick<Connection, "store">,
  { met, named, signal }: ToConfirm,
): Promise<Met> {
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
  const walk = walkOf(store, named, { signal });
  await confirmRemoval({ store, walk, scopes, options, isInScope, signal, onRefused });
  return { ...met, unseen };
}
