import { z } from "zod";
import type { Loss } from "./object.js";
import { RACE_GUARDS, REASON_WORDS, type Reason, STRATEGIES } from "./reason.js";
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

const count = z.number().int().nonnegative();
const plannedWay = z.object({
  way: z.enum(STRATEGIES),
  guard: z.enum(RACE_GUARDS),
  objects: count,
  bytes: count,
  parts: count,
});
const left = z.object({ reason: z.enum(Object.keys(REASON_WORDS) as Reason[]), objects: count, bytes: count });
const priced = { source: z.string(), readOn: z.string() };

/** What a migration would do, need and cost, as an estimate. */
export const planSchema = z.object({
  /** `listing`: no object was read, so those that are encrypted already count as to be copied. `inspection`: each was read. */
  from: z.enum(["listing", "inspection"]),
  /** Whether all objects were listed. */
  complete: z.boolean(),
  ways: z.array(plannedWay),
  /** Objects that are only looked at, because they are encrypted already. */
  encrypted: z.object({ objects: count, bytes: count }),
  left: z.array(left),
  /** By S3 operation, without those of the probe and of retries. */
  requests: z.record(z.string(), count),
  readsPerSecond: z.number().nullable(),
  writesPerSecond: z.number().nullable(),
  /** At these ceilings; `null` if there are none. */
  seconds: z.number().nonnegative().nullable(),
  cost: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("unknown") }),
    z.object({ kind: z.literal("not-charged"), ...priced }),
    z.object({ kind: z.literal("charged"), amount: z.number(), currency: z.string(), basis: z.string(), ...priced }),
  ]),
});
export type Plan = z.infer<typeof planSchema>;

/** Asked before anything is written. */
export type ConfirmPlan = (plan: Plan) => Promise<boolean>;
