import type { Observation, VersionOutcome, VersionRecord } from "../journal/observation.js";
import type { VersionRef } from "../list/list-objects.js";
import { failReason, type VersionLeftReason } from "../model/reason.js";
import type { RunContext } from "../object/context.js";
import { inspect } from "../object/inspect.js";
import { StoreError } from "../store/store-error.js";
import type { Chain } from "./chain.js";
import { recognise } from "./make-entry.js";
import type { VersionProgress } from "./version-watermark.js";

interface Removal {
  readonly outcome: VersionOutcome;
  readonly notes?: readonly string[];
  readonly requestId?: string | null;
}

const SAFE_STATES: ReadonlySet<string> = new Set(["sse-s3", "sse-kms", "dsse-kms", "provider-managed", "sse-c"]);

/**
 * Removes a noncurrent version by its ID, after checking the current object, and verifies that it no longer
 * exists.
 */
export async function removeVersion(ref: VersionRef, before: Observation, context: RunContext): Promise<Removal> {
  const { bucket, key, versionId } = ref;
  try {
    const reason = await keptNow(ref, context);
    if (reason !== null) return { outcome: { kind: "plaintext", reason, until: null } };
    await context.journal.append({ kind: "removal", bucket, key, before, at: context.now().toISOString() });
    // Time has passed while the line was written to disk, so `keptNow` runs again.
    const guarded = await context.removals.remove({ bucket, key }, versionId, () => keptNow(ref, context));
    if (guarded.kind === "kept") return { outcome: { kind: "plaintext", reason: guarded.reason, until: null } };
    if (guarded.kind === "stopped") return { outcome: { kind: "plaintext", reason: "removals-stopped", until: null } };
    if (guarded.kind === "harmed") {
      const detail = `its removal damaged the current object, ${guarded.detail}: nothing more is removed`;
      return { outcome: { kind: "failed", reason: "store-error", detail } };
    }
    const { requestId } = guarded;
    const left = await inspect(context.store, { bucket, key, versionId }, context.capabilities);
    if (left.kind === "vanished") return { outcome: { kind: "removed" }, requestId };
    const detail = "the store accepted its removal, but HEAD still finds it";
    return { outcome: { kind: "failed", reason: "store-error", detail }, requestId };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const outcome = { kind: "failed", reason: failReason(error), detail: error.message } as const;
    return { outcome, requestId: error.facts.requestId };
  }
}

/** Why it must stay, as of now: if somebody deletes the newer versions, it becomes the current one. */
async function keptNow(
  { bucket, key, versionId }: VersionRef,
  { store, capabilities, keys }: RunContext,
): Promise<VersionLeftReason | null> {
  const newest = await inspect(store, { bucket, key }, capabilities, keys.keysFor(key));
  if (newest.kind === "failed") throw newest.error;
  if (newest.kind === "found") {
    const current = newest.facts.versionId ?? (await latestOf({ bucket, key }, store));
    if (current === versionId) return "became-current";
    return SAFE_STATES.has(newest.facts.encryption.state) ? null : "newest-not-encrypted";
  }
  // The current object is under another customer key, so it is encrypted. Only a listing shows which version
  // it is.
  const current = await latestOf({ bucket, key }, store);
  return current === versionId ? "became-current" : null;
}

/** The current version according to a listing; `null` if there is none. */
async function latestOf(
  { bucket, key }: { readonly bucket: string; readonly key: string },
  store: RunContext["store"],
): Promise<string | null> {
  const { entries } = await store.listVersions({ bucket, prefix: key, limit: 1 });
  const latest = entries.find((entry) => entry.key === key && entry.kind === "version" && entry.isLatest);
  return latest?.versionId ?? null;
}

/**
 * Writes the record of each version that a killed process had removed but not recorded. Versions that still
 * exist will be listed again.
 */
export async function settleRemovals<P extends Pick<VersionProgress, "done" | "removals">>(
  progress: P,
  context: RunContext,
  write: (record: VersionRecord) => Promise<void> = (record) => context.journal.append(record),
): Promise<P> {
  const done = new Map([...progress.done].map(([key, ids]) => [key, new Set(ids)]));
  for (const { bucket, key, before } of progress.removals) {
    const versionId = before.versionId ?? "null";
    const left = await inspect(context.store, { bucket, key, versionId }, context.capabilities);
    if (left.kind === "failed") throw left.error;
    if (left.kind !== "vanished") continue;
    const notes = ["removed by a process that was killed, or by others meanwhile"];
    const outcome = { kind: "removed" } as const;
    const record: VersionRecord = {
      kind: "version",
      bucket,
      key,
      before,
      outcome,
      notes,
      at: context.now().toISOString(),
    };
    await write(record);
    done.set(key, (done.get(key) ?? new Set()).add(versionId));
  }
  return { ...progress, done, removals: [] };
}

/**
 * If the answer to a call is lost, the call is repeated, and without a condition it creates a version twice.
 * Removes the duplicate, which is identical to the last created one. Returns `false` and removes nothing if
 * there are other extra entries.
 */
export async function removeRepeated(chain: Chain, extra: readonly string[], context: RunContext): Promise<boolean> {
  const { bucket, key, range, made } = chain;
  const last = range[made.length - 1];
  if (last?.kind !== "version" || extra.length === 0) return false;
  for (const versionId of extra) {
    if ((await recognise(chain, last, versionId, context)) === null) return false;
  }
  for (const versionId of extra) await context.store.deleteObject({ bucket, key, versionId });
  return true;
}
