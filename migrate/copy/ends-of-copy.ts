import { withoutDestinationConditions } from "../model/capabilities.js";
import type { RaceGuard, StrategyName } from "../model/strategy.js";
import { guardOf } from "../plan/strategies.js";
import type { RequestHeaders } from "../store/object-store.js";
import { destinationCondition } from "./conditions.js";
import type { CopyJob } from "./copied.js";

/** The version to copy from, where it is not what is current. */
export function sourceVersion({ facts, onto }: CopyJob): string | undefined {
  return onto === undefined ? undefined : (facts.versionId ?? undefined);
}

/** What keeps the copy from replacing anything else than what was seen. A delete marker has no ETag to match. */
export function destinationGuard(
  { facts, onto, capabilities }: CopyJob,
  strategy: StrategyName,
): { readonly headers: RequestHeaders; readonly guard: RaceGuard } {
  const etag = onto === undefined ? facts.etag : onto.etag;
  const guard = guardOf(strategy, capabilities);
  if (guard !== "source-and-destination") return { headers: {}, guard };
  if (etag === null) return { headers: {}, guard: guardOf(strategy, withoutDestinationConditions(capabilities)) };
  return { headers: destinationCondition(etag, capabilities.etagForm), guard };
}
