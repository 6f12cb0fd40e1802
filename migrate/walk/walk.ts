import type { OnLeft } from "../list/list-objects.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { Walked } from "../versions/walk-versions.js";

/** What a run goes through, in the order of keys. */
export interface Walk {
  /** The objects of a scope after this key; `onLeft` gets what was listed and not read, if it is not read to its end. */
  objects(scope: Scope, startAfter: string | undefined, onLeft?: OnLeft): AsyncIterable<ObjectRef>;
  /** The noncurrent versions and the delete markers of a scope after this key. */
  versions(scope: Scope, afterKey: string | null): AsyncIterable<Walked>;
}
