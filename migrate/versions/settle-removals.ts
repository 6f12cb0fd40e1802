import type { VersionRecord } from "../journal/observation.js";
import { inspect } from "../object/inspect.js";
import type { VersionProgress } from "./version-progress.js";
import type { VersionRoad } from "./version-road.js";

/** Writes the record of what a killed session had removed and not yet told of. What is still there is met again. */
export async function settleRemovals(progress: VersionProgress, road: VersionRoad): Promise<VersionProgress> {
  const done = new Map([...progress.done].map(([key, ids]) => [key, new Set(ids)]));
  for (const { bucket, key, before } of progress.removals) {
    const versionId = before.versionId ?? "null";
    const left = await inspect(road.store, { bucket, key, versionId }, road.capabilities);
    if (left.kind === "failed") throw left.error;
    if (left.kind !== "vanished") continue;
    const notes = ["removed by a session that was killed, or by others meanwhile"];
    const outcome = { kind: "removed" } as const;
    const record: VersionRecord = {
      kind: "version",
      bucket,
      key,
      before,
      outcome,
      notes,
      at: road.now().toISOString(),
    };
    await road.append(record);
    done.set(key, (done.get(key) ?? new Set()).add(versionId));
  }
  return { ...progress, done, removals: [] };
}
