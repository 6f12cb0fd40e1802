import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { BucketFindings } from "../journal/run-record.js";
import { sortedInFiles } from "../list/external-sort.js";
import type { VersionRef } from "../list/list-objects.js";
import { sortedCursor } from "../list/sorted.js";
import type { ObjectRef } from "../model/object.js";
import { orderWithin, type Scope, scopeOrder } from "../model/scope.js";
import { encryptedReason } from "../model/target.js";
import type { KnownFacts, KnownObjects } from "../object/context.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Baseline, NumberedEntry } from "./baseline.js";
import { isSameSecond, isSameVersion, type UnusableEntry } from "./baseline-entry.js";
import type { Named, NamedInBucket, NamedKeys } from "./key-manifest.js";
import { type BaselineLines, knownByBaseline } from "./known-by-baseline.js";
import type { InventoryRow } from "./named-object.js";

interface Auditing {
  readonly scopes: readonly Scope[];
  readonly store: ObjectStore;
  readonly signal: AbortSignal | undefined;
  readonly now: () => Date;
  readonly bucketOf: (bucket: string) => Pick<BucketFindings, "versioning" | "objectLock"> | undefined;
}

/** What a run reads in step with its listings. */
export interface SortedFacts {
  readonly named: NamedKeys | null;
  readonly baseline: BaselineLines | null;
}

/** Looks an object up in the inventory, then in the baseline. */
export function openKnown({ named, baseline }: SortedFacts, auditing: Auditing): KnownObjects {
  const sources = [
    ...(named === null ? [] : [knownByInventory(named, auditing)]),
    ...(baseline === null ? [] : [knownByBaseline(baseline, auditing)]),
  ];
  return {
    after: (scope, key) => {
      const facts = sources.map((source) => source.after(scope, key));
      return {
        object: (ref) => first(facts, (source) => source.object(ref)),
        version: (ref) => first(facts, (source) => source.version(ref)),
        [Symbol.asyncDispose]: async () => {
          for (const source of facts) await source[Symbol.asyncDispose]();
        },
      };
    },
  };
}

/** The same for other processes of this machine: where the files are, as JSON. */
export interface SharedFacts {
  readonly named: readonly string[] | null;
  readonly baseline: { readonly files: readonly string[]; readonly record: BaselineLines["record"] } | null;
}

export const NO_FACTS: SharedFacts = { named: null, baseline: null };

interface OpenedFacts {
  readonly named: Pick<Named, "objects"> | null;
  readonly baseline: Baseline | null;
}

export async function shareFacts({ named, baseline }: OpenedFacts): Promise<SharedFacts> {
  const ofBaseline = baseline && { files: await baseline.entries.files(), record: sampleOf(baseline) };
  return { named: named && (await named.objects.files()), baseline: ofBaseline };
}

function sampleOf({ record: { oneOf, seed } }: Baseline): BaselineLines["record"] {
  return { oneOf, seed };
}

type Entry = NumberedEntry | UnusableEntry;

/** `scopes`: those of the run, in its order. */
export function openShared({ named, baseline }: SharedFacts, scopes: readonly Scope[]): SortedFacts {
  const order = scopeOrder(scopes);
  const orderOf = ({ bucket, key }: Pick<ObjectRef, "bucket" | "key">) => order(bucket, key) ?? "";
  return {
    named: named && { objects: sortedInFiles<NamedInBucket>(named, orderOf), orderOf: orderWithin(scopes) },
    baseline: baseline && { record: baseline.record, entries: sortedInFiles<Entry>(baseline.files, orderOf) },
  };
}

async function first<T>(
  sources: readonly KnownFacts[],
  ask: (source: KnownFacts) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const source of sources) {
    const known = await ask(source);
    if (known !== undefined) return known;
  }
  return undefined;
}

/**
 * The prior knowledge of an audit from a store's inventory, only for objects whose listing entry is still the
 * same and that the inventory reports as encrypted.
 */
function knownByInventory(
  { objects, orderOf: placeOf }: NamedKeys,
  { scopes, now }: { readonly scopes: readonly Scope[]; readonly now: () => Date },
): KnownObjects {
  const order = scopeOrder(scopes);
  const orderOf = ({ bucket, key }: ObjectRef) => order(bucket, key) ?? "";
  const readAfter = (scope: Scope, key: string | null) => objects.read(placeOf(scope, key ?? ""));
  const after: KnownObjects["after"] = (scope, key) => {
    const ofObjects = sortedCursor(readAfter(scope, key));
    const ofVersions = sortedCursor(readAfter(scope, key));
    return {
      async object(ref) {
        const row = onlyOne(await ofObjects.at(orderOf(ref)), ref, ({ isLatest }) => isLatest);
        const record = row && objectByInventory(ref, row, now());
        return record === null ? undefined : { kind: "take", record };
      },
      async version(ref) {
        const rows = await ofVersions.at(orderOf(ref));
        const row = onlyOne(rows, ref, ({ versionId }) => isSameVersion(versionId, ref.versionId));
        const record = row && versionByInventory(ref, row, now());
        return record === null ? undefined : { kind: "take", record };
      },
      async [Symbol.asyncDispose]() {
        await ofObjects.close();
        await ofVersions.close();
      },
    };
  };
  return { after };
}

function onlyOne(
  named: readonly NamedInBucket[],
  ref: ObjectRef,
  isOf: (row: InventoryRow) => boolean,
): InventoryRow | null {
  const rows = named.flatMap(({ row }) => (row !== null && isOf(row) && isAsListed(row, ref) ? [row] : []));
  return rows.length === 1 ? (rows[0] ?? null) : null;
}

function isAsListed({ isDeleteMarker, etag, sizeBytes, lastModified }: InventoryRow, ref: ObjectRef): boolean {
  return (
    !isDeleteMarker && etag === ref.etag && sizeBytes === ref.sizeBytes && isSameSecond(lastModified, ref.lastModified)
  );
}

/** Unencrypted objects are read, because a migration needs more facts about them. */
function objectByInventory(ref: ObjectRef, row: InventoryRow, now: Date): OutcomeRecord | null {
  const said = row.state === "sse-c" ? UNDER_A_KEY : encrypted(row);
  if (said === null) return null;
  return {
    kind: "outcome",
    bucket: ref.bucket,
    key: ref.key,
    before: observationOf(ref, row),
    after: null,
    ...said,
    notes: [],
    attempts: 0,
    durationMs: 0,
    requestIds: [],
    at: now.toISOString(),
  };
}

type DecidedOutcome = Pick<OutcomeRecord, "decision" | "outcome">;

const UNDER_A_KEY: DecidedOutcome = {
  decision: { kind: "skip", reason: "sse-c-without-key" },
  outcome: { kind: "skipped", reason: "sse-c-without-key" },
};

function encrypted({ state }: InventoryRow): DecidedOutcome | null {
  const reason = state === null ? undefined : encryptedReason(state);
  if (reason === undefined) return null;
  return { decision: { kind: "skip", reason }, outcome: { kind: "already-encrypted", reason } };
}

function versionByInventory(ref: VersionRef, row: InventoryRow, now: Date): VersionRecord | null {
  const outcome = versionOutcome(row);
  if (outcome === null) return null;
  const before = { ...observationOf(ref, row), versionId: ref.versionId };
  return { kind: "version", bucket: ref.bucket, key: ref.key, before, outcome, notes: [], at: now.toISOString() };
}

function versionOutcome({ state }: InventoryRow): VersionRecord["outcome"] | null {
  if (state === "sse-c") return { kind: "unproven", reason: "sse-c-without-key" };
  const reason = state === null ? undefined : encryptedReason(state);
  return reason === undefined ? null : { kind: "encrypted", reason };
}

function observationOf(ref: ObjectRef, { state, versionId }: InventoryRow): OutcomeRecord["before"] {
  const { etag, sizeBytes, lastModified, storageClass } = ref;
  return { state: state ?? "unknown", evidence: "inventory", etag, sizeBytes, lastModified, storageClass, versionId };
}
