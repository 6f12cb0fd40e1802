import { type ListingTools, listObjects } from "../list/list-objects.js";
import type { ObjectStore } from "../store/object-store.js";
import { walkVersions } from "../versions/walk-versions.js";
import type { Walk } from "./walk.js";

/** Everything that the store lists. */
export function wholeWalk(store: ObjectStore, tools: ListingTools = {}): Walk {
  return {
    objects: (scope, startAfter, onLeft) => listObjects(store, scope, startAfter, { ...tools, onLeft }),
    versions: (scope, afterKey) => walkVersions(store, scope, afterKey, tools),
  };
}
