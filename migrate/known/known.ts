import type { BaselineEntry } from "../baseline/baseline-entry.js";
import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { VersionRef } from "../list/list-objects.js";
import type { ObjectRef } from "../model/object.js";

/**
 * What is known of an object before the store is asked about it. `take`: enough, and this is written down. `compare`: it is read all the
 * same, to be compared with that.
 */
export type Known<R extends OutcomeRecord | VersionRecord> =
  | { readonly kind: "take"; readonly record: R }
  | { readonly kind: "compare"; readonly entry: BaselineEntry };

/** Asked of each object in scope, in the order of the listing; `undefined` where it is to be read like any other. */
export interface KnownObjects {
  object(ref: ObjectRef): Promise<Known<OutcomeRecord> | undefined>;
  version(ref: VersionRef): Promise<Known<VersionRecord> | undefined>;
  close(): Promise<void>;
}
