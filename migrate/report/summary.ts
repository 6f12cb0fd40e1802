import { z } from "zod";
import { type ArrivalsRecord, type Unseen, unseenSchema } from "../journal/bucket-record.js";
import { type BaselineUse, baselineUseSchema } from "../journal/input-records.js";
import type { OutcomeKind } from "../journal/record.js";
import { type PutFile, putInto } from "../journal/stage-files.js";
import { ENCRYPTION_STATES, type EncryptionState, EVIDENCE, type Evidence } from "../model/encryption.js";
import { type Plan, planSchema } from "../model/policy.js";
import { REASON_WORDS, type Reason, VERSION_LEFT_REASONS } from "../model/reason.js";
import { visibleText } from "../model/text.js";
import { type Breakdowns, SIZE_BANDS } from "./groups.js";
import { ENGLISH } from "./language.js";
import { type NoncurrentTotals, VERSION_OUTCOME_KINDS } from "./noncurrent.js";
import { OUTCOME_KINDS, sumsOf, type Tally } from "./tally.js";

/** The totals of one scope, or of a whole run. */
export interface Totals {
  /** Counted by the lister, independently of the outcomes, so that the sum can be checked. */
  readonly listed: number;
  readonly filteredOut: number;
  readonly outcomes: Readonly<Record<OutcomeKind, Tally>>;
  readonly statesBefore: Readonly<Record<EncryptionState, Tally>>;
  /**
   * As last seen: after the copy if there was one, otherwise before it. Excludes vanished and not-found
   * objects.
   */
  readonly statesNow: Readonly<Record<EncryptionState, Tally>>;
  readonly reasons: Readonly<Partial<Record<Reason, Tally>>>;
  /** The source of `statesNow`; `none` if nothing could be seen. */
  readonly evidenceNow: Readonly<Partial<Record<Evidence | "none", Tally>>>;
  /**
   * listed = already-encrypted + migrated + skipped + refused + failed + vanished + not-found, and every
   * listing is complete. False if a location was not seen; `listed` of such a location is the number of its
   * outcomes.
   */
  readonly closes: boolean;
  /** Absent if noncurrent versions were not listed. */
  readonly noncurrent?: NoncurrentTotals;
  /** Listed objects without an outcome when the run stopped; absent if it did not stop within a listing. */
  readonly knownLeft?: number;
  /** Absent if every bucket had default encryption at the end, or if the run did not finish. */
  readonly arrivals?: ArrivalTotals;
  /** Locations that could not be seen, or not completely; absent if all were. */
  readonly notSeen?: number;
}

export interface ScopeTotals extends Totals {
  readonly bucket: string;
  readonly prefix: string;
  /** Why it was not seen, or not completely; absent if it was. */
  readonly unseen?: Unseen;
}

/** summary.json: computed from the journal, with the plan of run.json. */
export interface Summary extends Breakdowns {
  readonly schema: "bucketseal/summary/1";
  readonly total: Totals;
  readonly scopes: readonly ScopeTotals[];
  /** As in run.json: the estimate of a dry run, or of a migration before it began. */
  readonly plan?: Plan;
  /** Absent without a baseline, and in runs of older versions. */
  readonly baseline?: BaselineUse;
}

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
    made: tally.optional(),
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

/**
 * The schema of summary.json, for its readers. This project itself recomputes it from the journal and
 * compares.
 */
export const summarySchema = z.object({
  schema: z.literal("bucketseal/summary/1"),
  total: z.object(totalsTables),
  scopes: z.array(
    z.object({ bucket: z.string(), prefix: z.string(), ...totalsTables, unseen: unseenSchema.optional() }),
  ),
  storageClasses: groupsOf({ storageClass: z.string() }),
  sizes: groupsOf({ size: z.enum(SIZE_BANDS) }),
  prefixes: groupsOf({ bucket: z.string(), prefix: z.string() }),
  plan: planSchema.optional(),
  baseline: baselineUseSchema.optional(),
});

/** Objects written during the run, in scopes whose bucket has no default encryption. */
interface ArrivalTotals {
  /** In scope when listed again at the end. */
  readonly listed: number;
  /** Newer than the run's own look at the object, or never seen by the run. */
  readonly younger: number;
  /** A sample of the younger ones: how many were read, were unencrypted, and could not be seen. */
  readonly sampled: number;
  readonly plaintext: number;
  readonly unseen: number;
  /** Why they could not all be listed, in the store's words. */
  readonly refused: string | null;
}

/** `undefined` if no scope was listed again. */
export function arrivalTotals(records: readonly (ArrivalsRecord | undefined)[]): ArrivalTotals | undefined {
  const looked = records.filter((record) => record !== undefined);
  if (looked.length === 0) return undefined;
  return {
    ...sumsOf(["listed", "younger", "sampled", "plaintext", "unseen"], looked),
    refused: looked.find(({ refused }) => refused !== null)?.refused ?? null,
  };
}

/** In a sentence, safe to print; empty if nothing was listed again. */
export function arrivalWords(arrivals: ArrivalTotals | undefined, { say } = ENGLISH): string[] {
  if (arrivals === undefined) return [];
  const { younger: n, sampled, plaintext, unseen, refused } = arrivals;
  if (refused !== null) {
    return [
      say("At the end of the run its objects could not be listed again: {refused}.", { refused: visibleText(refused) }),
    ];
  }
  if (n === 0) return [say("At the end of the run no object was newer than the run's own look at it.")];
  const not = unseen === 0 ? "" : say(", and {unseen} could not be seen", { unseen });
  return [
    say(
      "At the end of the run {n} {n|object was|objects were} newer than the run's own look; {plaintext} of {sampled} sampled {plaintext|is|are} not encrypted{not}.",
      { n, plaintext, sampled, not },
    ),
  ];
}

export const SUMMARY_FILE = "summary.json";

export function writeSummary(runDir: string, summary: Summary, put: PutFile = putInto(runDir)): Promise<void> {
  return put(SUMMARY_FILE, [summaryText(summary)]);
}

export function summaryText(summary: Summary): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}
