import type { Loss } from "./object.js";
import type { Target } from "./target.js";

export interface Policy {
  readonly target: Target;
  /** Objects larger than this are copied in parts. Bytes. */
  readonly copyCutoffBytes: number;
  /** The size of a part where the source has none of its own. Bytes. */
  readonly partBytes: number;
  /** Objects up to this size are sent through this machine rather than copied in parts. Bytes. */
  readonly rewriteBelowBytes: number;
  readonly race: Race;
  readonly etag: EtagPolicy;
  /** What an object may lose where it cannot be read or kept, rather than be refused for it. */
  readonly acceptLoss: readonly Loss[];
  /** The class for copies of objects that were restored from an archive class. @default null: such objects are skipped */
  readonly restoredClass?: string | null;
}

/**
 * How a write of others that lands during a copy is kept from being undone.
 * `strict`: by a condition on the destination, or the object is refused. `auto`: by the strongest way that the bucket
 * allows. `off`: by the cheapest way, with whatever conditions it takes.
 */
export const RACES = ["auto", "strict", "off"] as const;
export type Race = (typeof RACES)[number];

/** `keep` refuses what would get another ETag. */
export const ETAG_POLICIES = ["any", "keep"] as const;
export type EtagPolicy = (typeof ETAG_POLICIES)[number];

/** What becomes of noncurrent versions that are not encrypted. */
export const VERSION_TREATMENTS = ["current", "replay", "purge"] as const;
export type VersionTreatment = (typeof VERSION_TREATMENTS)[number];

/** What is about to be removed: noncurrent versions that are neither encrypted nor locked. */
export interface RemovalFound {
  readonly treatment: Exclude<VersionTreatment, "current">;
  readonly versions: number;
  readonly bytes: number;
  readonly keys: number;
}

/** Whether they may go. Asked once, before anything is written. */
export type ConfirmRemoval = (found: RemovalFound) => Promise<boolean>;
