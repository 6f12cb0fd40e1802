import { z } from "zod";
import { unseenSchema } from "../journal/bucket-record.js";
import { ENCRYPTION_STATES, EVIDENCE } from "../model/encryption.js";
import { REASON_WORDS, type Reason, VERSION_LEFT_REASONS } from "../model/reason.js";
import { OUTCOME_KINDS } from "./outcome-words.js";
import { SIZE_BANDS } from "./size-bands.js";
import { VERSION_OUTCOME_KINDS } from "./version-words.js";

const count = z.number().int().nonnegative();
const tally = z.object({ objects: count, bytes: count }).meta({ id: "tally" });
const reasons = Object.keys(REASON_WORDS) as Reason[];

const noncurrent = z
  .object({
    listed: count,
    filteredOut: count,
    deleteMarkers: count,
    outcomes: z.record(z.enum(VERSION_OUTCOME_KINDS), tally),
    plaintextBecause: z.partialRecord(z.enum(VERSION_LEFT_REASONS), tally),
    locks: z
      .object({ firstEnds: z.string().nullable(), lastEnds: z.string().nullable(), withoutEnd: count })
      .nullable(),
    replayed: tally,
    refused: z.string().nullable(),
    closes: z.boolean(),
  })
  .meta({ id: "noncurrent" });

const arrivals = z
  .object({
    listed: count,
    younger: count,
    sampled: count,
    plaintext: count,
    unseen: count,
    refused: z.string().nullable(),
  })
  .meta({ id: "arrivals" });

const totalsTables = {
  listed: count,
  filteredOut: count,
  outcomes: z.record(z.enum(OUTCOME_KINDS), tally),
  statesBefore: z.record(z.enum(ENCRYPTION_STATES), tally),
  statesNow: z.record(z.enum(ENCRYPTION_STATES), tally),
  reasons: z.partialRecord(z.enum(reasons), tally),
  evidenceNow: z.partialRecord(z.enum([...EVIDENCE, "none"]), tally),
  closes: z.boolean(),
  noncurrent: noncurrent.optional(),
  knownLeft: count.optional(),
  arrivals: arrivals.optional(),
  notSeen: count.optional(),
};

const groupTables = {
  outcomes: z.partialRecord(z.enum(OUTCOME_KINDS), tally),
  statesBefore: z.partialRecord(z.enum(ENCRYPTION_STATES), tally),
  statesNow: z.partialRecord(z.enum(ENCRYPTION_STATES), tally),
};
const group = z.object(groupTables).meta({ id: "group" });

function groupsOf<T extends z.ZodRawShape>(name: T) {
  return z.object({ groups: z.array(z.object({ ...name, ...groupTables })), others: group.nullable() });
}

/** What summary.json holds, for whoever reads it: this project makes it anew from the journal, and compares. */
export const summarySchema = z.object({
  schema: z.literal("bucketseal/summary/1"),
  total: z.object(totalsTables),
  scopes: z.array(
    z.object({ bucket: z.string(), prefix: z.string(), ...totalsTables, unseen: unseenSchema.optional() }),
  ),
  storageClasses: groupsOf({ storageClass: z.string() }),
  sizes: groupsOf({ size: z.enum(SIZE_BANDS) }),
  prefixes: groupsOf({ bucket: z.string(), prefix: z.string() }),
});
