import { z } from "zod";
import { DEFAULT_ENCRYPTIONS } from "../model/encryption.js";

/** What could not be said of a setting: none was made, the credentials may not see it, or the store does not have it. */
const nothing = z.object({ kind: z.enum(["absent", "unreadable", "unsupported"]) });

/** How many there are, and the first hundred of them. */
function rulesOf<T extends z.ZodType>(rule: T) {
  return z.discriminatedUnion("kind", [
    nothing,
    z.object({ kind: z.literal("present"), total: z.number().int().positive(), first: z.array(rule) }),
  ]);
}

const ruleFields = {
  id: z.string().nullable(),
  enabled: z.boolean(),
  /** Empty where it is of the whole bucket. */
  prefix: z.string(),
  /** It asks for more than a prefix: tags or sizes. */
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
    /** Statements with a condition on server-side encryption, by their `Sid`, or their place from 1. */
    onEncryption: z.array(z.string()),
  }),
]);
export type BucketPolicyFinding = z.infer<typeof bucketPolicySchema>;

/** What was read of a bucket once more when its objects were done. */
export const bucketAtEndSchema = z.object({
  readAt: z.string(),
  defaultEncryption: z.enum(DEFAULT_ENCRYPTIONS),
  /** `null` where they could not be listed. */
  openUploads: z
    .object({
      open: z.number().int().nonnegative(),
      /** What was begun by then may land as the bucket's default was before. */
      begunUpTo: z.string(),
      earlier: z.number().int().nonnegative(),
      /** The first hundred of the earlier ones. */
      firstEarlier: z.array(z.object({ key: z.string(), uploadId: z.string(), initiatedAt: z.string().nullable() })),
    })
    .nullable(),
});
export type BucketAtEnd = z.infer<typeof bucketAtEndSchema>;

/**
 * Why a location was not seen, or not to its end. `no-copies`: its objects could be read, and none may be copied;
 * `all-failed`: the first objects failed one and all.
 */
const UNSEEN_REASONS = ["denied", "absent", "other-region", "no-copies", "all-failed", "other"] as const;

export const unseenSchema = z.object({
  because: z.enum(UNSEEN_REASONS),
  /** What happened and what to do, for a person. */
  detail: z.string(),
});
export type Unseen = z.infer<typeof unseenSchema>;

/** A location could not be seen, though the run went on with the others; or it could after all, in a later session. */
export const sightRecordSchema = z.object({
  kind: z.literal("sight"),
  bucket: z.string(),
  prefix: z.string(),
  /** `null`: it was seen to its end after all. */
  unseen: unseenSchema.nullable(),
  at: z.string(),
});
export type SightRecord = z.infer<typeof sightRecordSchema>;

const count = z.number().int().nonnegative();

/** What was in a scope at the end of the run that was not there, or was another object, when the run looked at it. */
export const arrivalsRecordSchema = z.object({
  kind: z.literal("arrivals"),
  bucket: z.string(),
  prefix: z.string(),
  /** Objects that passed the filters when the scope was listed once more. */
  listed: count,
  /** Of these, the ones that are younger than the run's own look at them, or that it never saw. */
  younger: count,
  /** Of the younger ones, how many were read at random, were not encrypted, and could not be seen. */
  sampled: count,
  plaintext: count,
  unseen: count,
  /** Why the scope could not be listed to its end, in the store's own words. */
  refused: z.string().nullable(),
  at: z.string(),
});
export type ArrivalsRecord = z.infer<typeof arrivalsRecordSchema>;
