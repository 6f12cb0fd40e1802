/**
 * `copy`: one CopyObject. `copy-replacing`: one CopyObject that sends all metadata again. `copy-multipart`: a
 * copy in parts. `rewrite`: GET, then PUT of the same bytes. `update-encryption`: UpdateObjectEncryption, which
 * puts an encrypted object under a KMS key and writes no data.
 */
export const STRATEGIES = ["copy", "copy-replacing", "copy-multipart", "rewrite", "update-encryption"] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/**
 * The protection of concurrent writes against being overwritten by the copy. `none`: the store supports no
 * condition, so a write after the look at the object could be lost. `source`: only the source was
 * conditional, so a write during the copy itself could be lost. `source-and-destination`: the copy also
 * replaced the object only if it was unchanged, so no write could be lost. `nothing-replaced`: only the encryption
 * changed, so there was no write to lose.
 */
export const RACE_GUARDS = ["none", "source", "source-and-destination", "nothing-replaced"] as const;
export type RaceGuard = (typeof RACE_GUARDS)[number];
