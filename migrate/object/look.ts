import type { ObjectRef } from "../model/object.js";
import { failReason } from "../model/reason.js";
import type { ObjectStore } from "../store/object-store.js";
import type { StoreError } from "../store/store-error.js";
import type { UnansweredAttempt } from "./lost-answer.js";
import { type Finding, failed } from "./object-result.js";
import type { RefusedWay } from "./refused-copy.js";

/**
 * `again`: someone else wrote to the object meanwhile, or the listing lags behind, so what was found of it does not hold.
 * `waited`: nothing was done, and it had to wait for so long that anything may have changed.
 */
export type Look =
  | { readonly kind: "done"; readonly finding: Finding }
  | {
      readonly kind: "again";
      readonly why: "changed" | "not-found";
      readonly note: string;
      readonly attempt?: UnansweredAttempt | undefined;
      /** The way that the store refused as it does for an object that changed. */
      readonly refusedWay?: RefusedWay | undefined;
    }
  | { readonly kind: "waited" };

/** What earlier looks at the same object came to. */
export interface EarlierLooks {
  /** A copy that came to no answer. */
  readonly attempt?: UnansweredAttempt | undefined;
  readonly refusedWays: readonly RefusedWay[];
}

export const CHANGED = "changed by someone else meanwhile";

/** What an error of the store means for the object whose copy it ended. */
export function lookOfError(error: StoreError, draft: Finding): Look {
  const requestIds = [...draft.requestIds, error.facts.requestId];
  const done = (outcome: Finding["outcome"]): Look => ({ kind: "done", finding: { ...draft, requestIds, outcome } });
  // An upload that is gone was completed by a request whose answer was lost, or aborted by someone else.
  const uploadGone = error.facts.code === "NoSuchUpload";
  // Shorter than it was seen to be, where the store looks at no condition first.
  if (error.kind === "precondition-failed" || error.kind === "out-of-range" || uploadGone) {
    return { kind: "again", why: "changed", note: CHANGED };
  }
  // Of what the call was about, which may be a tag set or a version that went: the next look tells of the object.
  if (error.kind === "not-found") return { kind: "again", why: "changed", note: `${error.message} (404)` };
  if (error.kind === "archived") return done({ kind: "skipped", reason: "archived" });
  return done(failed(failReason(error), error.message));
}

/** What was seen of an object counts for so long: changes that leave its ETag alone fail no condition. */
const LONG_MS = 250;

/** Waits, and tells whether that took so long that what was seen before has to be looked at again. */
export async function isLongWait(wait: Promise<unknown>): Promise<boolean> {
  const startedMs = performance.now();
  await wait;
  return performance.now() - startedMs > LONG_MS;
}

/** The first objects of a bucket wait for its trials, which takes seconds. */
export class WaitedLong extends Error {
  override readonly name = "WaitedLong";
}

/** Whether the listing goes on showing an object that HEAD says is gone: it came back, or something between folds its path. */
export async function isStillListed(store: ObjectStore, { bucket, key }: ObjectRef): Promise<boolean> {
  const { objects } = await store.listObjects({ bucket, prefix: key });
  return objects.some((listed) => listed.key === key);
}
