import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { countOf } from "../model/text.js";
import { emptyScopes, placeOf } from "./not-seen.js";
import { defaultNow } from "./remains.js";
import type { ScopeTotals, Summary, Totals } from "./summary.js";
import type { Verdict } from "./verdict.js";

/** The conditions that a pipeline can stop at: the names of --fail-on. */
export const GATES = [
  "unencrypted",
  "noncurrent",
  "refused",
  "failed",
  "sse-c",
  "unknown",
  "no-default",
  "not-seen",
  "not-found",
] as const;
export type Gate = (typeof GATES)[number];

export interface GateOptions {
  /**
   * The conditions under which a pipeline should stop. They decide the exit code of the command line and which
   * test cases of the JUnit report fail. `refused`, `failed` and `not-seen` always apply.
   * @default none
   */
  readonly failOn?: readonly Gate[] | undefined;
  /**
   * A run that examines no object is no failure.
   * @default false
   */
  readonly allowEmpty?: boolean | undefined;
}

/** These gates are closed by what they find, whether they were asked for or not. */
const ALWAYS: readonly Gate[] = ["refused", "failed", "not-seen"];

/** The subject of a gate: a whole run, or one of its buckets. */
export interface Gated {
  readonly totals: readonly Totals[];
  readonly scopes: readonly ScopeTotals[];
  readonly buckets: readonly BucketFindings[];
}

function gatedRun({ total, scopes }: Summary, { buckets }: Pick<RunRecord, "buckets">): Gated {
  return { totals: [total], scopes, buckets };
}

export function gatedBucket(bucket: string, { scopes }: Summary, { buckets }: Pick<RunRecord, "buckets">): Gated {
  const own = scopes.filter((scope) => scope.bucket === bucket);
  return { totals: own, scopes: own, buckets: buckets.filter((found) => found.bucket === bucket) };
}

/** Counts the objects, versions, buckets or locations that a gate is about. */
export function gateCount(gate: Gate, gated: Gated): number {
  return COUNTS[gate](gated);
}

/** The gates that were asked for, and those that every run has. */
export function gatesAsked(failOn: readonly Gate[]): readonly Gate[] {
  const asked = new Set<Gate>([...failOn, ...ALWAYS]);
  return [...asked];
}

/** The --fail-on of a run. A record of another version may name gates that this one does not know. */
export function recordedGates({ settings }: Pick<RunRecord, "settings">): readonly Gate[] {
  const names = settings?.failOn;
  return Array.isArray(names) ? GATES.filter((gate) => names.includes(gate)) : [];
}

export function allowsEmpty({ settings }: Pick<RunRecord, "settings">): boolean {
  return settings?.allowEmpty === true;
}

const COUNTS: Readonly<Record<Gate, (gated: Gated) => number>> = {
  unencrypted: sumOf(
    (total) => total.statesNow.none.objects + olderOutcomes(total).plaintext + (total.arrivals?.plaintext ?? 0),
  ),
  noncurrent: ({ totals, scopes, buckets }) =>
    sumOf((total) => olderOutcomes(total).plaintext + olderOutcomes(total).failed)({ totals }) +
    scopes.filter((scope) => !isLookedAt(scope, buckets)).length,
  refused: sumOf(({ outcomes }) => outcomes.refused.objects),
  failed: sumOf((total) => total.outcomes.failed.objects + olderOutcomes(total).failed),
  "sse-c": sumOf(({ statesNow }) => statesNow["sse-c"].objects),
  unknown: sumOf(({ statesNow }) => statesNow.unknown.objects),
  "no-default": ({ buckets }) => buckets.filter((bucket) => !isEncrypting(defaultNow(bucket))).length,
  "not-seen": sumOf(({ notSeen = 0 }) => notSeen),
  "not-found": sumOf(({ outcomes }) => outcomes["not-found"].objects),
};

/** What a gate counted, as the beginning of a sentence. */
export const GATE_NOUNS: Readonly<Record<Gate, (count: number) => string>> = {
  unencrypted: (count) => `${countOf(count, "object or version", "objects or versions")} not encrypted`,
  noncurrent: (count) =>
    `${countOf(count, "noncurrent version, or location of such versions,", "noncurrent versions, or locations of such versions,")} in plaintext or not examined`,
  refused: (count) => `${countOf(count, "object")} refused`,
  failed: (count) => `${countOf(count, "object or version", "objects or versions")} failed`,
  "sse-c": (count) => `${countOf(count, "object")} under a customer key`,
  unknown: (count) => `${countOf(count, "object")} whose encryption is unknown`,
  "no-default": () => "the bucket's default encryption could not be confirmed",
  "not-seen": (count) => `${countOf(count, "location")} not seen`,
  "not-found": (count) => `${countOf(count, "named object")} not found`,
};

function sumOf(count: (totals: Totals) => number) {
  return ({ totals }: Pick<Gated, "totals">) => totals.reduce((sum, one) => sum + count(one), 0);
}

function olderOutcomes({ noncurrent }: Totals): { readonly plaintext: number; readonly failed: number } {
  const { plaintext, failed } = noncurrent?.outcomes ?? {};
  return { plaintext: plaintext?.objects ?? 0, failed: failed?.objects ?? 0 };
}

/** Whether the run looked at all noncurrent versions of the scope, or the bucket has none. */
function isLookedAt({ bucket, noncurrent }: ScopeTotals, buckets: readonly BucketFindings[]): boolean {
  const keepsNone = buckets.find((found) => found.bucket === bucket)?.versioning === "never";
  return noncurrent === undefined ? keepsNone : noncurrent.closes;
}

/** These gates also count noncurrent versions. */
const OF_VERSIONS: readonly Gate[] = ["unencrypted", "noncurrent", "failed"];

/** Whether a count of zero is the whole truth. */
export function isKnown(gate: Gate, { scopes, buckets }: Gated): boolean {
  if (gate === "not-seen") return true;
  if (gate === "no-default") return buckets.length > 0;
  return scopes.every((scope) => scope.closes && (!OF_VERSIONS.includes(gate) || isLookedAt(scope, buckets)));
}

/** A run and what it comes to. */
interface Judged {
  readonly run: RunRecord;
  readonly summary: Summary;
  readonly verdict: Pick<Verdict, "kind">;
}

/** The conditions that are not about objects, as the end of a sentence that begins with "there are". */
const FOUND_WORDS: Readonly<Partial<Record<Gate, string>>> = {
  "no-default": "buckets whose default encryption could not be confirmed",
  "not-seen": "locations that were not seen",
  noncurrent: "noncurrent versions that are in plaintext or could not all be examined",
};

/** The conditions that hold. `refused`, `failed` and `not-seen` are always checked. */
export function conditionsFound(result: Pick<Judged, "run" | "summary">, failOn: readonly Gate[]): readonly Gate[] {
  const gated = gatedRun(result.summary, result.run);
  return gatesAsked(failOn).filter((name) => gateCount(name, gated) > 0);
}

/** The reasons, in sentences, why a pipeline should stop after this run; none if it may go on. */
export function failReasons(
  result: Judged,
  found: readonly Gate[],
  { allowEmpty = false }: { readonly allowEmpty?: boolean | undefined } = {},
): string[] {
  const ofObjects = found.filter((name) => FOUND_WORDS[name] === undefined);
  const objects = ofObjects.length === 0 ? [] : [`objects that are ${ofObjects.join(", ")}`];
  const there = [...objects, ...found.flatMap((name) => FOUND_WORDS[name] ?? [])];
  return [
    ...(there.length === 0 ? [] : [`there are ${there.join(", and ")}`]),
    ...(result.verdict.kind === "incomplete" ? ["the totals do not add up"] : []),
    ...(allowEmpty ? [] : nothingExamined(result)),
  ];
}

function nothingExamined({ run, summary, verdict: { kind } }: Judged): string[] {
  if (kind === "incomplete") return [];
  const [first, ...more] = emptyScopes(summary, run);
  if (first === undefined) return [];
  const others = more.length === 0 ? "" : ` and ${countOf(more.length, "more location")}`;
  const where = kind === "nothing-examined" ? "" : ` in ${placeOf(first)}${others}`;
  return [`nothing was examined${where}: check the location and the filters, or give --allow-empty`];
}
