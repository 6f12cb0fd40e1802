import { isSameSecond } from "../compare/baseline-entry.js";
import type { ArrivalsRecord } from "../journal/bucket-record.js";
import { readJournal } from "../journal/read-journal.js";
import { isAbsent, type Observation } from "../journal/record.js";
import type { BucketFindings } from "../journal/run-record.js";
import { externalSort } from "../list/external-sort.js";
import type { Walk } from "../list/list-objects.js";
import { sortedCursor } from "../list/sorted.js";
import type { ObjectRef } from "../model/object.js";
import { type Scope, scopeOrder } from "../model/scope.js";
import type { RunContext } from "../object/context.js";
import { inspect } from "../object/inspect.js";
import { StoreError } from "../store/store-error.js";

/** The largest number of younger objects that are read per scope. */
const MOST_SAMPLED = 100;

interface Seen {
  readonly bucket: string;
  readonly key: string;
  /** `null` if the object did not exist. */
  readonly seen: Pick<Observation, "etag" | "lastModified"> | null;
}

/**
 * Lists each scope again whose bucket has no default encryption, because writers may add plaintext while a
 * run reads. The journal records how many objects are younger than the run's own look, and the encryption
 * status of a sample.
 */
export async function lookForArrivals(
  scopes: readonly Scope[],
  buckets: readonly BucketFindings[],
  runDir: string,
  /** Must start at the beginning. */
  walk: Pick<Walk, "objects">,
  context: RunContext,
): Promise<void> {
  const without = new Set(
    buckets.filter(({ atEnd }) => atEnd?.defaultEncryption === "none").map(({ bucket }) => bucket),
  );
  if (!scopes.some(({ bucket }) => without.has(bucket))) return;
  const order = scopeOrder(scopes);
  const known = await externalSort(seenOf(runDir), { orderOf: ({ bucket, key }) => order(bucket, key) ?? "" });
  const cursor = sortedCursor(known.read());
  const seenBefore = async ({ bucket, key }: ObjectRef) =>
    (await cursor.at(order(bucket, key) ?? "")).at(-1)?.seen ?? null;
  try {
    for (const scope of scopes) {
      if (!without.has(scope.bucket)) continue;
      const record = await arrivalsOf(scope, walk, context, seenBefore);
      if (context.signal?.aborted) return;
      await context.journal.append(record);
    }
  } finally {
    await cursor.close();
    await known.close();
  }
}

async function* seenOf(runDir: string): AsyncGenerator<Seen> {
  for await (const record of readJournal(runDir)) {
    if (record.kind !== "outcome") continue;
    const { etag, lastModified } = record.after ?? record.before;
    const seen = isAbsent(record.outcome.kind) ? null : { etag, lastModified };
    yield { bucket: record.bucket, key: record.key, seen };
  }
}

async function arrivalsOf(
  scope: Scope,
  walk: Pick<Walk, "objects">,
  { store, capabilities, isInScope, isTestObject, signal, now }: RunContext,
  seenBefore: (ref: ObjectRef) => Promise<Seen["seen"]>,
): Promise<ArrivalsRecord> {
  const counts = { listed: 0, younger: 0 };
  const sample: ObjectRef[] = [];
  let refused: string | null = null;
  try {
    for await (const ref of walk.objects(scope, undefined)) {
      if (signal?.aborted) break;
      const isReadable = ref.isListed !== false && ref.fault === undefined;
      const counted = isReadable && !isTestObject(ref) && isInScope(ref);
      if (!counted) continue;
      counts.listed += 1;
      if (!isYounger(ref, await seenBefore(ref))) continue;
      counts.younger += 1;
      draw(sample, ref, counts.younger);
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    refused = error.message;
  }
  const looks = await Promise.all(sample.map(({ bucket, key }) => inspect(store, { bucket, key }, capabilities)));
  return {
    kind: "arrivals",
    ...scope,
    ...counts,
    sampled: looks.filter(({ kind }) => kind !== "vanished").length,
    plaintext: looks.filter((look) => look.kind === "found" && look.facts.encryption.state === "none").length,
    unseen: looks.filter((look) => look.kind === "failed" || isUnknown(look)).length,
    refused,
    at: now().toISOString(),
  };
}

function isUnknown(look: Awaited<ReturnType<typeof inspect>>): boolean {
  return look.kind === "found" && look.facts.encryption.state === "unknown";
}

/** Compares the dates, or the ETags if both dates lie in the same second. Pure. */
export function isYounger(listed: Pick<ObjectRef, "etag" | "lastModified">, seen: Seen["seen"]): boolean {
  if (seen === null) return true;
  const [then, now] = [Date.parse(seen.lastModified ?? ""), Date.parse(listed.lastModified)];
  const isDated = !Number.isNaN(then) && !Number.isNaN(now);
  if (isDated && !isSameSecond(seen.lastModified, listed.lastModified)) return now > then;
  return seen.etag !== null && seen.etag !== listed.etag;
}

/** Keeps a uniform random sample of the objects so far. */
function draw(sample: ObjectRef[], ref: ObjectRef, count: number): void {
  if (sample.length < MOST_SAMPLED) {
    sample.push(ref);
    return;
  }
  const place = Math.floor(Math.random() * count);
  if (place < MOST_SAMPLED) sample[place] = ref;
}
