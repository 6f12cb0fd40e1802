import type { VersionRef } from "../list/list-objects.js";
import type { ObjectFacts } from "../model/object.js";
import type { VersionLeftReason } from "../model/reason.js";
import { lockOf, type VersionLock } from "./lock-of.js";
import type { VersionRoad } from "./version-road.js";

interface Kept {
  readonly reason: VersionLeftReason;
  readonly lock: VersionLock | null;
}

/** Why a noncurrent plaintext version stays; `null` where it is to be removed. Pure. */
export function keptBecause(
  { versionId, isDeleted }: VersionRef,
  facts: Pick<ObjectFacts, "lock">,
  { mode, treatment, versioning, now }: Pick<VersionRoad, "mode" | "treatment" | "versioning" | "now">,
): Kept | null {
  const lock = lockOf(facts.lock, now());
  if (lock !== null) return { reason: "locked", lock };
  if (mode === "audit") return { reason: "audit-only", lock };
  if (treatment === "current") return { reason: "versions-kept", lock };
  if (treatment === "replay" && isDeleted) return { reason: "beneath-delete-marker", lock };
  if (treatment === "purge" && versionId === "null" && versioning === "suspended") {
    return { reason: "null-while-suspended", lock };
  }
  if (mode === "dry-run") return { reason: "dry-run", lock };
  return treatment === "purge" ? null : { reason: "history-not-recreated", lock };
}
