import { UsageError } from "../errors.js";
import type { VersionRef, Walk } from "../list/list-objects.js";
import type { Capabilities } from "../model/capabilities.js";
import type { ObjectRef } from "../model/object.js";
import type { ConfirmRemoval, RemovalFound, VersionTreatment } from "../model/policy.js";
import type { Scope } from "../model/scope.js";
import { inspect } from "../object/inspect.js";
import { forEachBounded, type Room } from "../object/room.js";
import type { ObjectStore } from "../store/object-store.js";
import { lockOf } from "./chain.js";

interface ConfirmContext {
  readonly store: ObjectStore;
  readonly walk: Pick<Walk, "versions">;
  readonly scopes: readonly Scope[];
  readonly options: {
    readonly versions: VersionTreatment;
    /** Confirms the removal; `null` if the options already contain the answer. */
    readonly confirm: ConfirmRemoval | null;
    readonly dryRun: boolean;
    readonly capabilities: { readonly values: Capabilities };
  };
  readonly isInScope: (ref: ObjectRef) => boolean;
  /** Opens what bounds the versions that are looked at together. */
  readonly openRoom: () => Room;
  readonly signal: AbortSignal | undefined;
  /** Called for a scope whose versions cannot be counted. Throws if that ends the run. */
  readonly onRefused: (scope: Scope, error: unknown) => void;
}

/**
 * Counts the versions that would be removed and asks for confirmation, before anything is written. Resolves with
 * whether somebody was asked.
 *
 * @throws UsageError if the answer is no
 */
export async function confirmRemoval(context: ConfirmContext): Promise<boolean> {
  const { versions: treatment, confirm, dryRun } = context.options;
  if (treatment === "current" || confirm === null || dryRun) return false;
  const found = await countRemovable(context, treatment);
  if (context.signal?.aborted || found.versions === 0) return false;
  if (!(await confirm(found))) throw new UsageError(["not confirmed: nothing was copied, and nothing was removed"]);
  return true;
}

async function countRemovable(
  { store, walk, scopes, options, isInScope, openRoom, signal, onRefused }: ConfirmContext,
  treatment: RemovalFound["treatment"],
): Promise<RemovalFound> {
  const capabilities = options.capabilities.values;
  const room = openRoom();
  const found = { treatment, versions: 0, bytes: 0, keys: 0 };
  const count = async ({ ref, ofKey }: ToCount) => {
    const { bucket, key, versionId } = ref;
    const seen = await inspect(store, { bucket, key, versionId }, capabilities);
    if (seen.kind !== "found" || seen.facts.encryption.state !== "none") return;
    if (lockOf(seen.facts.lock, new Date()) !== null) return;
    found.versions += 1;
    found.bytes += seen.facts.sizeBytes;
    if (!ofKey.counted) found.keys += 1;
    ofKey.counted = true;
  };
  for (const scope of scopes) {
    await forEachBounded(toCount(walk, scope, treatment, isInScope), room, count, signal).catch((error: unknown) =>
      onRefused(scope, error),
    );
  }
  return found;
}

interface ToCount {
  readonly ref: VersionRef;
  /** Shared by the versions of one key. */
  readonly ofKey: { readonly key: string; counted: boolean };
}

async function* toCount(
  walk: Pick<Walk, "versions">,
  scope: Scope,
  treatment: RemovalFound["treatment"],
  isInScope: (ref: ObjectRef) => boolean,
): AsyncGenerator<ToCount> {
  let ofKey = { key: "", counted: false };
  for await (const walked of walk.versions(scope, null)) {
    if (walked.kind !== "noncurrent" || walked.ref.fault !== undefined || !isInScope(walked.ref)) continue;
    // A replay restores nothing, and leaves deleted keys unchanged.
    if (treatment === "replay" && walked.ref.isDeleted) continue;
    const { ref } = walked;
    if (ofKey.key !== ref.key) ofKey = { key: ref.key, counted: false };
    yield { ref, ofKey };
  }
}
