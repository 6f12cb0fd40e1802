import type { Loss } from "./object.js";
import type { Target } from "./target.js";

export interface Policy {
  readonly target: Target;
  /** Larger objects are copied in parts. Bytes. */
  readonly copyCutoffBytes: number;
  /** Part size if the source was not uploaded in parts. Bytes. */
  readonly partBytes: number;
  /** Objects up to this size are sent through this machine instead of being copied in parts. Bytes. */
  readonly rewriteBelowBytes: number;
  readonly race: Race;
  readonly etag: EtagPolicy;
  /**
   * Properties that an object may lose if they cannot be read or kept. Without this, the object is refused.
   */
  readonly acceptLoss: readonly Loss[];
  /**
   * Storage class for copies of objects that were restored from an archive class. @default null: such objects
   * are skipped
   */
  readonly restoredClass?: string | null;
}

/**
 * How a copy avoids overwriting a concurrent client write. `strict`: by a condition on the destination,
 * otherwise the object is refused. `auto`: by the strongest method that the bucket supports. `off`: by the
 * cheapest strategy, with the conditions that it supports.
 */
export const RACES = ["auto", "strict", "off"] as const;
export type Race = (typeof RACES)[number];

/** `keep` refuses objects whose ETag would change. */
export const ETAG_POLICIES = ["any", "keep"] as const;
export type EtagPolicy = (typeof ETAG_POLICIES)[number];

/** How noncurrent versions that are not encrypted are handled. */
export const VERSION_TREATMENTS = ["current", "replay", "purge"] as const;
export type VersionTreatment = (typeof VERSION_TREATMENTS)[number];

/** The noncurrent versions about to be removed: those that are neither encrypted nor locked. */
export interface RemovalFound {
  readonly treatment: Exclude<VersionTreatment, "current">;
  readonly versions: number;
  readonly bytes: number;
  readonly keys: number;
}

/** Confirms the removal. Called once, before anything is written. */
export type ConfirmRemoval = (found: RemovalFound) => Promise<boolean>;
