import type { Observation } from "../journal/record.js";
import type { StrategyName } from "../model/strategy.js";
import type { Strategy } from "../plan/strategies.js";

/** A way of copying that a store refused as if the object had changed, and what was seen of the object before. */
export interface RefusedWay {
  readonly facts: Sighting;
  readonly strategy: StrategyName;
  /** The store's own words. */
  readonly message: string;
}

/** What tells one write from another. */
export type Sighting = Pick<Observation, "etag" | "sizeBytes" | "lastModified" | "versionId">;

/** The refusals that no write explains: a look before and one after them saw the same object, so that nobody wrote. Pure. */
export function unexplained(ways: readonly RefusedWay[], seen: Sighting): readonly RefusedWay[] {
  return ways.filter(({ facts }) => isSame(facts, seen));
}

function isSame(facts: Sighting, seen: Sighting): boolean {
  const { etag, sizeBytes, lastModified, versionId } = facts;
  return (
    etag === seen.etag &&
    sizeBytes === seen.sizeBytes &&
    lastModified === seen.lastModified &&
    versionId === seen.versionId
  );
}

/** The ways that were refused come last, in case the refusal was of that moment. Pure. */
export function othersFirst(
  strategies: readonly Strategy[],
  refused: readonly Pick<RefusedWay, "strategy">[],
): readonly Strategy[] {
  const times = (name: StrategyName) => refused.filter(({ strategy }) => strategy === name).length;
  return strategies.toSorted((left, right) => times(left.name) - times(right.name));
}

export function refusedWords({ strategy, message }: RefusedWay): string {
  return `not by ${strategy}: ${message}; a look before and one after it saw the same object, so nobody wrote`;
}
