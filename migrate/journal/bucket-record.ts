import { z } from "zod";
import { DEFAULT_ENCRYPTIONS } from "../model/encryption.js";

/**
 * Why a setting is unknown: it is not configured, the credentials are not allowed to read it, or the store does not
 * support it.
 */
const nothing = z.object({ kind: z.enum(["absent", "unreadable", "unsupported"]) });

/** The number of rules, and the first hundred of them. */
function rulesOf<T extends z.ZodType>(rule: T) {
  return z.discriminatedUnion("kind", [
    nothing,
    z.object({ kind: z.literal("present"), total: z.number().int().positive(), first: z.array(rule) }),
  ]);
}

const ruleFields = {
  id: z.string().nullable(),
  enabled: z.boolean(),
  /** Empty if the rule covers the whole bucket. */
  prefix: z.string(),
  /** The rule also filters by tags or sizes. */
  isNarrower: z.boolean(),
};

export const lifecycleSchema = rulesOf(
  z.object({
    ...ruleFields,
    actions: z.array(
      z.object({
        kind: z.enum([
          "expires",
          "moves",
          "removes-noncurrent",
          "moves-noncurrent",
          "aborts-uploads",
          "removes-lone-delete-markers",
        ]),
        days: z.number().nullable(),
        date: z.string().nullable(),
        storageClass: z.string().nullable(),
      }),
    ),
  }),
);
export type LifecycleFinding = z.infer<typeof lifecycleSchema>;

export const replicationSchema = rulesOf(z.object({ ...ruleFields, destination: z.string().nullable() }));
export type ReplicationFinding = z.infer<typeof replicationSchema>;

export const bucketPolicySchema = z.discriminatedUnion("kind", [
  nothing,
  z.object({
    kind: z.literal("present"),
    statements: z.number().int().nonnegative(),
    /** Statements with a condition on server-side encryption: their `Sid`, or their number from 1. */
    onEncryption: z.array(z.string()),
  }),
]);
export type BucketPolicyFinding = z.infer<typeof bucketPolicySchema>;

export const ownershipSchema = z.discriminatedUnion("kind", [
  nothing,
  /** As the store names it, such as `BucketOwnerEnforced`. */
  z.object({ kind: z.literal("present"), setting: z.string() }),
]);
export type OwnershipFinding = z.infer<typeof ownershipSchema>;

/** Whether access control lists are disabled in the bucket, so that its owner owns every object. */
export function disablesAcls(ownership: OwnershipFinding | undefined): boolean {
  return ownership?.kind === "present" && ownership.setting === "BucketOwnerEnforced";
}

/** A second look at the bucket, made after its objects. */
export const bucketAtEndSchema = z.object({
  readAt: z.string(),
  defaultEncryption: z.enum(DEFAULT_ENCRYPTIONS),
  /** Read again only if access control lists were disabled. */
  ownership: ownershipSchema.optional(),
  /** `null` if the uploads could not be listed. */
  openUploads: z
    .object({
      open: z.number().int().nonnegative(),
      /** Uploads created by then may complete with the bucket's earlier default encryption. */
      begunUpTo: z.string(),
      earlier: z.number().int().nonnegative(),
      /** The first hundred of the earlier uploads. */
      firstEarlier: z.array(z.object({ key: z.string(), uploadId: z.string(), initiatedAt: z.string().nullable() })),
    })
    .nullable(),
});
export type BucketAtEnd = z.infer<typeof bucketAtEndSchema>;

/**
 * Why a location could not be seen, or not completely. `no-copies`: its objects are readable, but none may be
 * copied. `all-failed`: all of the first objects failed.
 */
const UNSEEN_REASONS = ["denied", "absent", "other-region", "no-copies", "all-failed", "other"] as const;

export const unseenSchema = z.object({
  because: z.enum(UNSEEN_REASONS),
  /** The problem and the remedy, in words for a person. */
  detail: z.string(),
});
export type Unseen = z.infer<typeof unseenSchema>;

/**
 * A location could not be seen while the run continued with the others, or a later session could see it after
 * all.
 */
export const sightRecordSchema = z.object({
  kind: z.literal("sight"),
  bucket: z.string(),
  prefix: z.string(),
  /** `null` if it was seen completely after all. */
  unseen: unseenSchema.nullable(),
  at: z.string(),
});
export type SightRecord = z.infer<typeof sightRecordSchema>;

const count = z.number().int().nonnegative();

/**
 * Counts of objects at the end of the run that did not exist, or were different objects, when the run looked
 * at them.
 */
export const arrivalsRecordSchema = z.object({
  kind: z.literal("arrivals"),
  bucket: z.string(),
  prefix: z.string(),
  /** Objects that passed the filters when the scope was listed again. */
  listed: count,
  /** The part of `listed` that is newer than the run's own look at the object, or that the run never saw. */
  younger: count,
  /** A random sample of the younger ones: how many were read, were not encrypted, and could not be seen. */
  sampled: count,
  plaintext: count,
  unseen: count,
  /** Why the listing of the scope was interrupted, in the store's words. */
  refused: z.string().nullable(),
  at: z.string(),
});
export type ArrivalsRecord = z.infer<typeof arrivalsRecordSchema>;
