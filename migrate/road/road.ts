import type { CopyJob } from "../copy/copied.js";
import type { Capabilities } from "../plan/capabilities.js";
import type { Policy } from "../plan/plan.js";
import type { ObjectStore } from "../store/object-store.js";
import type { BucketSettings } from "./copy-hazard.js";

/** What a copy is made with. */
export interface CopyingRoad {
  readonly store: ObjectStore;
  readonly policy: Policy;
  readonly capabilities: Capabilities;
  readonly signal?: AbortSignal | undefined;
  readonly onUpload: CopyJob["onUpload"];
}

/** Everything that every object of a run is processed with. */
export interface Road extends CopyingRoad {
  readonly mode: "audit" | "dry-run" | "migrate";
  /** Awaited before each object is copied; a rejection ends the run. */
  readonly beforeCopy: (bucket: string) => Promise<void>;
  /** What was found of the buckets, each of which may forbid some copies. */
  readonly buckets: readonly BucketSettings[];
  readonly now: () => Date;
}
