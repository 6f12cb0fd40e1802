import { z } from "zod";

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
