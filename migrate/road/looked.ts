import type { Finding } from "./finding.js";
import type { UnansweredAttempt } from "./landed-copy.js";
import type { RefusedWay } from "./refused-way.js";

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
