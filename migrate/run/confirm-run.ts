import type { Named } from "../compare/key-manifest.js";
import { openWalk } from "../compare/named-walk.js";
import { RunError } from "../errors.js";
import type { OnEvent } from "../journal/events.js";
import type { RunFile } from "../journal/run-folder.js";
import { objectFilter } from "../list/object-filter.js";
import type { Scope } from "../model/scope.js";
import { visibleText } from "../model/text.js";
import { StoreError } from "../store/store-error.js";
import { confirmRemoval } from "../versions/confirm-removal.js";
import { type BucketAccess, fatalWords } from "./check-access.js";
import type { Connection } from "./connect.js";
import type { Session } from "./session.js";
import { nameOf, unseenBy } from "./sights.js";

interface ToConfirm {
  readonly met: BucketAccess;
  readonly named: Named | null;
  readonly signal: AbortSignal | undefined;
}

/**
 * Asks for confirmation if versions will be removed. Resolves with the scopes that can still be seen, without
 * those whose versions cannot be counted.
 */
export async function confirmRun(
  { options }: Pick<Session, "options">,
  { store }: Pick<Connection, "store">,
  { met, named, signal }: ToConfirm,
): Promise<BucketAccess> {
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
  await confirmRemoval({ store, walk, scopes, options, isInScope, signal, onRefused });
  return { ...met, unseen };
}

interface Repeated {
  entries: number;
  readonly firstKey: string;
}

/** Counts the entries that the listings of each bucket showed more than once. */
export function createRepeats(runFile: RunFile, onEvent: OnEvent) {
  const buckets = new Map<string, Repeated>();
  return {
    add: ({ bucket, key }: { readonly bucket: string; readonly key: string }): void => {
      const known = buckets.get(bucket) ?? { entries: 0, firstKey: key };
      known.entries += 1;
      buckets.set(bucket, known);
    },
    /** Resolves once run.json has a warning for each bucket with such entries. */
    note: async (): Promise<void> => {
      for (const [bucket, { entries, firstKey }] of buckets) {
        const times = entries === 1 ? "1 entry" : `${entries} entries`;
        const warning = `the listing showed ${times} more than once, the first "${visibleText(firstKey)}": each object was counted once`;
        onEvent({ kind: "bucket-warning", bucket, warning });
        await runFile.note(bucket, ({ warnings }) => ({ warnings: [...new Set([...warnings, warning])] }));
      }
      buckets.clear();
    },
  };
}
