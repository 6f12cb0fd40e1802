/**
 * `copy`: one CopyObject. `copy-replacing`: one, with all metadata sent again. `copy-multipart`: in parts.
 * `rewrite`: GET, and PUT of the same bytes.
 */
export const STRATEGIES = ["copy", "copy-replacing", "copy-multipart", "rewrite"] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/**
 * What kept another writer's change from being undone by the copy.
 * `none`: the store takes no condition, so a write after the look at the object could be lost.
 * `source`: only the source was conditional, so a write during the copy itself could be.
 * `source-and-destination`: what the copy replaces was, so nothing could. It is its source, too.
 */
export const RACE_GUARDS = ["none", "source", "source-and-destination"] as const;
export type RaceGuard = (typeof RACE_GUARDS)[number];
