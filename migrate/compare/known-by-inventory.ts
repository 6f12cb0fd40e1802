import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { VersionRef } from "../list/list-objects.js";
import { sortedCursor } from "../list/sorted.js";
import type { ObjectRef } from "../model/object.js";
import { type Scope, scopeOrder } from "../model/scope.js";
import { encryptedReason } from "../model/target.js";
import type { KnownObjects } from "../object/context.js";
import { isSameSecond, isSameVersion } from "./baseline-entry.js";
import type { Named, NamedInBucket } from "./key-manifest.js";
import type { InventoryRow } from "./named-object.js";

/**
 * The prior knowledge of an audit from a store's inventory, only for objects whose listing entry is still the
 * same and that the inventory reports as encrypted.
 */
export function knownByInventory(
  { objects }: Pick<Named, "objects">,
  { scopes, now }: { readonly scopes: readonly Scope[]; readonly now: () => Date },
): KnownObjects {
  const order = scopeOrder(scopes);
  const ofObjects = sortedCursor(objects.read());
  const ofVersions = sortedCursor(objects.read());
  const orderOf = ({ bucket, key }: ObjectRef) => order(bucket, key) ?? "";
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
    async close() {
      await ofObjects.close();
      await ofVersions.close();
    },
  };
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
