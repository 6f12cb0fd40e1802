import type { Capabilities } from "../plan/capabilities.js";
import type { Policy } from "../plan/plan.js";
import type { ObjectStore } from "../store/object-store.js";

/** Everything that every object of a run is processed with. */
export interface Road {
  readonly store: ObjectStore;
  readonly mode: "audit" | "dry-run" | "migrate";
  readonly policy: Policy;
  readonly capabilities: Capabilities;
  readonly signal?: AbortSignal | undefined;
  readonly now: () => Date;
}
