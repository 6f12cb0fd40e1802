import type { ObjectFacts } from "../inspect/object-facts.js";
import { chooseStrategies, type Strategy } from "../plan/strategies.js";
import type { CopyingRoad } from "../road/road.js";

type Way = readonly [Strategy, ...Strategy[]];

/**
 * The ways in which objects of any size will be copied, each once. The canary itself is small, and small enough for all of
 * them: the last part of a copy in parts may be of any size.
 */
export function waysToTry(facts: ObjectFacts, { policy, capabilities }: CopyingRoad): readonly Way[] {
  const cutoffBytes = Math.min(policy.copyCutoffBytes, capabilities.maxCopyBytes);
  const sizes = [facts.sizeBytes, policy.rewriteBelowBytes + 1, cutoffBytes, cutoffBytes + 1];
  const ways = new Map<string, Way>();
  for (const sizeBytes of sizes) {
    const choice = chooseStrategies({ ...facts, sizeBytes }, { ...policy, etag: "any" }, capabilities);
    if (choice.kind === "strategies" && !ways.has(choice.strategies[0].name)) {
      ways.set(choice.strategies[0].name, choice.strategies);
    }
  }
  return [...ways.values()];
}
