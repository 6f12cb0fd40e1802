import type { RangeEntry } from "../journal/observation.js";
import { MAX_LINE_BYTES } from "../journal/read-journal.js";
import { nameOfEntry } from "../list/list-objects.js";
import type { Capabilities } from "../model/capabilities.js";
import type { BucketSettings, RunContext } from "../object/context.js";
import { type Inspection, inspect } from "../object/inspect.js";
import { observe } from "../object/object-result.js";
import { withAskedClass } from "../plan/verify-copy.js";
import type { ObjectStore, VersionEntry } from "../store/object-store.js";
import { createPageGuard } from "../store/page-walk.js";
import { type ChainPlan, guardedStrategies, lockOf, MAX_CHAIN, type PlannedEntry, planChain } from "./chain.js";

export type ReadChain =
  | Extract<ChainPlan, { kind: "nothing" | "refuse" }>
  | { readonly kind: "replay"; readonly range: RangeEntry[]; readonly older: string[] };

/**
 * The outcome of a replayed key records each version before and after, with the request IDs, so it is longer
 * than its range.
 */
const OUTCOME_OVER_RANGE = 3;

interface Address {
  readonly bucket: string;
  readonly key: string;
}

/** Examines every entry of a key, and plans which to re-create. */
export async function readChain(address: Address, settings: BucketSettings, context: RunContext): Promise<ReadChain> {
  const entries = await entriesOfKey(context.store, address, MAX_CHAIN);
  if (entries[0] === undefined || entries[0].kind === "delete-marker") return { kind: "nothing" };
  const seen = new Map<string, Inspection>();
  for (const { kind, versionId } of entries) {
    if (kind === "version") seen.set(versionId, await inspectVersion(address, versionId, context));
  }
  // The capabilities cost a probe of the bucket, which a bucket without plaintext does not need.
  if (![...seen.values()].some(isPlaintext)) return { kind: "nothing" };
  const capabilities = await context.capabilitiesOf(address.bucket);
  const obstacleTo = (found: Inspection) => obstacleOf(found, settings, capabilities, context);
  const plan = planChain(entries.map(({ versionId }) => planned(versionId, seen.get(versionId), obstacleTo)));
  if (plan.kind !== "replay") return plan;
  const range = plan.range.map((entry) => toRangeEntry(entry, seen));
  if (JSON.stringify(range).length * OUTCOME_OVER_RANGE > MAX_LINE_BYTES) {
    return { kind: "refuse", because: "its history is too long for a line of the journal" };
  }
  return { kind: "replay", older: [...plan.older], range };
}

async function inspectVersion(address: Address, versionId: string, context: RunContext): Promise<Inspection> {
  const seen = await inspect(context.store, { ...address, versionId }, context.capabilities);
  if (seen.kind === "failed") throw seen.error;
  return seen.kind === "found" ? { ...seen, facts: { ...seen.facts, versionId } } : seen;
}

function isPlaintext(seen: Inspection): boolean {
  return seen.kind === "found" && seen.facts.encryption.state === "none";
}

function planned(
  versionId: string,
  seen: Inspection | undefined,
  obstacleTo: (seen: Inspection) => string | null,
): PlannedEntry {
  if (seen === undefined) return { kind: "delete-marker", versionId };
  return { kind: "version", versionId, isPlaintext: isPlaintext(seen), obstacle: obstacleTo(seen) };
}

function toRangeEntry({ kind, versionId }: PlannedEntry, seen: ReadonlyMap<string, Inspection>): RangeEntry {
  if (kind === "delete-marker") return { kind, versionId };
  const found = seen.get(versionId);
  if (found?.kind !== "found") throw new Error("a version that HEAD does not show is in a range, despite its obstacle");
  return { kind, versionId, before: observe(found.facts) };
}

/** Why a version cannot be re-created and removed, in words that continue its ID. */
function obstacleOf(
  seen: Inspection,
  { objectLock }: BucketSettings,
  capabilities: Capabilities,
  { policy, now }: RunContext,
): string | null {
  if (seen.kind === "sse-c") return "is under a customer key (SSE-C)";
  if (seen.kind !== "found") return "cannot be read";
  const facts = withAskedClass(seen.facts, policy);
  const lock = lockOf(facts.lock, now());
  if (lock !== null) return lock.words;
  if (objectLock === "locks-by-default") return "would be locked again by the bucket's default retention";
  if (facts.encryption.state !== "none" && facts.encryption.state !== "sse-s3") {
    return `is encrypted in another way (${facts.encryption.state}), which a copy would replace`;
  }
  if (facts.archived) return "is in an archive class: restore it before it can be copied";
  if (facts.restored && facts.copyClass === undefined && !policy.acceptLoss.includes("restore")) {
    return "was temporarily restored from an archive class: its copy would be archived again";
  }
  const choice = guardedStrategies(facts, policy, capabilities);
  return choice.kind === "refuse" ? `cannot be copied: ${choice.because}` : null;
}

/** All entries of one key as listed, newest first; at most `limit` plus one page. */
export async function entriesOfKey(
  store: ObjectStore,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly VersionEntry[]> {
  const found: VersionEntry[] = [];
  const guard = createPageGuard({ operation: "listVersions", nameOf: nameOfEntry });
  let after: { keyMarker?: string; versionIdMarker?: string | undefined } | null = {};
  while (after !== null && found.length <= limit) {
    const page = await store.listVersions({ bucket, prefix: key, ...after });
    const { fresh, stuck } = guard(page);
    found.push(...fresh.filter((entry) => entry.key === key && entry.fault?.kind !== "unreadable-key"));
    // Longer keys with this prefix follow it.
    after = page.entries.some((entry) => entry.key !== key) ? null : page.next;
    if (after !== null && stuck !== null) throw stuck;
  }
  return inOrder(found);
}

/** Some stores list all delete markers after all versions. Then only their dates show the order. */
function inOrder(entries: readonly VersionEntry[]): readonly VersionEntry[] {
  const dates = entries.map(({ lastModified }) => Date.parse(lastModified));
  const isOrdered = dates.every((date, index) => index === 0 || date <= (dates[index - 1] ?? 0));
  if (isOrdered && entries[0]?.isLatest !== false) return entries;
  const sorted = entries.toSorted((left, right) => Date.parse(right.lastModified) - Date.parse(left.lastModified));
  return sorted.toSorted((left, right) => Number(right.isLatest) - Number(left.isLatest));
}
