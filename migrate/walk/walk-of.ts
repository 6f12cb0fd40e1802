import { type ListingTools, type Walk, wholeWalk } from "../list/list-objects.js";
import type { Named } from "../named/open-named.js";
import type { ObjectStore } from "../store/object-store.js";
import { namedWalk } from "./named-walk.js";

/** What a run goes through; once through each kind of it where it is kept to what is named. */
export function walkOf(store: ObjectStore, named: Named | null, tools: ListingTools = {}): Walk {
  return named === null ? wholeWalk(store, tools) : namedWalk(store, named, tools);
}
