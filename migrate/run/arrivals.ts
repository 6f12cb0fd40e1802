import { isYounger, openSeen, type SeenObjects } from "../compare/expected-objects.js";
import type { ArrivalsRecord } from "../journal/bucket-record.js";
import type { JournalRecord } from "../journal/record.js";
import { ListedRange, Unordered } from "../list/cut-range.js";
import type { Walk } from "../list/list-objects.js";
import { type Cutting, joinRanges, MOST_RANGES, readSideBySide } from "../list/side-by-side.js";
import { WHOLE_RANGE } from "../model/key-range.js";
import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { RunContext } from "../object/context.js";
import { inspect } from "../object/inspect.js";
import { StoreError } from "../store/store-error.js";
import { createBusyCheck } from "./adaptive-room.js";
import type { DefaultAtEnd } from "./bucket-settings.js";

/** The largest number of younger objects that are read per scope. */
const MOST_SAMPLED = 100;
/** Objects are only listed here, so a cut has to save more requests than it takes. */
const CUTTING: Cutting = { everyMs: 100, worth: 20_000 };

export interface Looking
  extends Pick<RunContext, "store" | "capabilities" | "isInScope" | "isTestObject" | "journal" | "signal" | "now"> {
  /** The entries of the run, from the beginning. */
  readonly walk: Omit<Walk, "versions">;
}

/**
 * Lists each scope again whose bucket has no default encryption, because writers may add plaintext while a
 * run reads. The journal records how many objects are younger than the run's own look, and the encryption
 * status of a sample.
 */
export async function lookForArrivals(
  scopes: readonly Scope[],
  defaults: ReadonlyMap<string, Pick<DefaultAtEnd, "defaultEncryption">>,
  records: AsyncIterable<JournalRecord>,
  looking: Looking,
): Promise<void> {
  const toList = scopes.filter(({ bucket }) => defaults.get(bucket)?.defaultEncryption === "none");
  if (toList.length === 0) return;
  const seen = await openSeen(records, scopes);
  try {
    for (const scope of toList) {
      const record = await arrivalsOf(scope, looking, seen);
      if (looking.signal?.aborted) return;
      await looking.journal.append(record);
    }
  } finally {
    await seen.close();
  }
}

async function arrivalsOf(scope: Scope, looking: Looking, seen: SeenObjects): Promise<ArrivalsRecord> {
  const { store, capabilities, now } = looking;
  const { sample, ...counts } = await listAgain(scope, looking, seen, seen.isUnordered(scope) ? 1 : MOST_RANGES);
  const looks = await Promise.all(sample.map(({ bucket, key }) => inspect(store, { bucket, key }, capabilities)));
  return {
    kind: "arrivals",
    ...scope,
    ...counts,
    sampled: looks.filter(({ kind }) => kind !== "vanished").length,
    plaintext: looks.filter((look) => look.kind === "found" && look.facts.encryption.state === "none").length,
    unseen: looks.filter((look) => look.kind === "failed" || isUnknown(look)).length,
    at: now().toISOString(),
  };
}

function isUnknown(look: Awaited<ReturnType<typeof inspect>>): boolean {
  return look.kind === "found" && look.facts.encryption.state === "unknown";
}

interface Listed extends Pick<ArrivalsRecord, "refused"> {
  listed: number;
  younger: number;
  readonly sample: ObjectRef[];
}

/** Lists the objects of a scope as ranges side by side, or from the beginning as one if they turn out to have no order. */
async function listAgain(scope: Scope, looking: Looking, seen: SeenObjects, most: number): Promise<Listed> {
  const { walk, signal, isInScope, isTestObject } = looking;
  const isBusy = createBusyCheck();
  const { cutting = CUTTING } = walk;
  const found: Listed = { listed: 0, younger: 0, refused: null, sample: [] };
  const reading = readSideBySide({
    scope,
    parts: most === 1 ? [{ range: WHOLE_RANGE }] : joinRanges(seen.rangesOf(scope), cutting.worth),
    most,
    list: walk.list,
    start: ({ range }, stop) => {
      const facts = seen.after(scope, range.after);
      const compare = async (ref: ObjectRef) => {
        if (!isYounger(ref, await facts.of(ref))) return;
        found.younger += 1;
        draw(found.sample, ref, found.younger);
      };
      const onObject = (ref: ObjectRef) => {
        const isReadable = ref.isListed !== false && ref.fault === undefined;
        if (!isReadable || isTestObject(ref) || !isInScope(ref)) return undefined;
        found.listed += 1;
        return compare(ref);
      };
      return new ListedRange({ range, objects: walk.objects(scope, range.after ?? undefined), onObject, facts, stop });
    },
    isBusy,
    onCut: async (_, range) => ({ range }),
    signal,
    cutting,
  });
  try {
    await reading;
    return found;
  } catch (error) {
    if (error instanceof Unordered) return listAgain(scope, looking, seen, 1);
    if (error instanceof StoreError) return { ...found, refused: error.message };
    throw error;
  }
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
