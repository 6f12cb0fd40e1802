import type { JournalWriter } from "../journal/journal-writer.js";
import { readJournal } from "../journal/read-journal.js";
import type { Scope } from "../model/scope.js";
import type { Road } from "../object/context.js";
import { settleRemovals } from "./settle-removals.js";
import { versionProgress, WALK_NOT_STARTED } from "./version-progress.js";
import { type VersionOptions, versionRoad } from "./version-road.js";
import { type WalkContext, walkScope } from "./walk-scope.js";

interface LookContext extends Omit<WalkContext, "road"> {
  readonly road: Road;
  readonly journal: JournalWriter;
}

/** Looks at the noncurrent versions of a scope, once its objects are done. */
export async function lookAtVersions(
  scope: Scope,
  session: { readonly options: VersionOptions; readonly earlier: object | null; readonly runDir: string },
  context: LookContext,
): Promise<void> {
  const road = versionRoad(scope, session.options, context.road, context.journal);
  if (road === null || context.signal?.aborted) return;
  const isResumed = session.earlier !== null;
  const earlier = isResumed ? await versionProgress(readJournal(session.runDir), scope) : WALK_NOT_STARTED;
  await walkScope(scope, await settleRemovals(earlier, road), { ...context, road });
}
