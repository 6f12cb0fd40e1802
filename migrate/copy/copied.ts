import type { CarriedFacts, ObjectFacts } from "../inspect/object-facts.js";
import type { RaceGuard } from "../journal/record.js";
import type { Capabilities } from "../plan/capabilities.js";
import type { Policy } from "../plan/plan.js";
import type { ObjectStore, UploadInput } from "../store/object-store.js";

export interface CopyJob {
  /** Awaited after an upload is begun and before anything is sent to it: whoever resumes a killed run must know of it. */
  readonly onUpload: (upload: UploadInput) => Promise<void>;
  readonly store: ObjectStore;
  readonly facts: ObjectFacts;
  readonly carried: CarriedFacts;
  readonly policy: Policy;
  readonly capabilities: Capabilities;
  /** Given up between parts, after aborting the upload. */
  readonly signal?: AbortSignal | undefined;
}

/** A copy that the store accepted; whether it did what it should is for `verify` to say. */
export interface Copied {
  readonly etag: string;
  readonly versionId: string | null;
  readonly requestId: string | null;
  readonly guard: RaceGuard;
}
