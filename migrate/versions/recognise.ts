import type { RangeEntry, ReplayStep } from "../journal/observation.js";
import type { ObjectFacts } from "../model/object.js";
import { inspectCarried } from "../object/carried.js";
import type { Road } from "../object/context.js";
import { inspect } from "../object/inspect.js";
import { carriedDifference } from "../object/read-back.js";
import { verifyCopy } from "../plan/verify-copy.js";
import type { Chain } from "./chain.js";
import { entriesOfKey } from "./entries-of-key.js";
import { guardedStrategies } from "./guarded-strategies.js";
import { factsOf, stepOf } from "./make-entry.js";

/** How far this machine's clock may be from the store's. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/**
 * What stands on top of a chain and of which no answer or no line came: the step, where it is what the next one would have
 * made, encrypted and not older than the chain's own line. `null` where it may be somebody else's.
 */
export async function recognise(
  chain: Chain,
  entry: RangeEntry,
  versionId: string,
  road: Road,
): Promise<ReplayStep | null> {
  const { bucket, key } = chain;
  const listed = (await entriesOfKey(road.store, chain)).find((seen) => seen.versionId === versionId);
  if (listed === undefined || listed.kind !== entry.kind) return null;
  if (Date.parse(listed.lastModified) < chain.begunAt.getTime() - CLOCKS_DIFFER_MS) return null;
  const made = { bucket, key, of: entry.versionId, versionId };
  const notes = ["its answer was lost, or its line: known by what it is and where it stands"];
  if (entry.kind === "delete-marker") return stepOf({ ...made, after: null }, { road, notes });
  const source = await factsOf(chain, entry, road);
  if (source === null) return null;
  const seen = await inspect(road.store, { bucket, key, versionId }, road.capabilities);
  if (seen.kind === "failed") throw seen.error;
  if (seen.kind !== "found") return null;
  const choice = guardedStrategies(source, road);
  const [likely] = choice.kind === "strategies" ? choice.strategies : [];
  const how = { strategy: likely?.name ?? "copy", guard: likely?.guard ?? "source" } as const;
  // What a session before this one sent with the copy depends on whose it became.
  const ownerOfWrites = (await road.beforeCopy(bucket, how.strategy, null))?.ownerOfWrites ?? null;
  const capabilities = { ...road.capabilities, ownerOfWrites: ownerOfWrites ?? road.capabilities.ownerOfWrites };
  if (!(await isCopyOf(source, seen.facts, { ...road, capabilities }))) return null;
  return stepOf({ ...made, after: { ...seen.facts, versionId } }, { road, ...how, notes });
}

async function isCopyOf(source: ObjectFacts, after: ObjectFacts, road: Road): Promise<boolean> {
  const inParts = [source.etag, after.etag].some((etag) => etag.includes("-"));
  if (source.etag !== after.etag && !inParts) return false;
  if (verifyCopy(source, after, road.policy.target).kind !== "same") return false;
  const inspection = await inspectCarried(road.store, source, "copy-multipart", road);
  return (
    inspection.kind === "found" && (await carriedDifference(road.store, after, inspection.carried)).difference === null
  );
}
