import type { ObjectFacts } from "../model/object.js";
import { REASON_WORDS } from "../model/reason.js";
import type { Road } from "../object/context.js";
import { chooseStrategies, type Strategy } from "../plan/strategies.js";

export type GuardedChoice =
  | { readonly kind: "strategies"; readonly strategies: readonly Strategy[] }
  | { readonly kind: "refuse"; readonly because: string };

/** The ways of copying whose destination is conditional: without one an old version could bury what others write. Pure. */
export function guardedStrategies(
  facts: ObjectFacts,
  { policy, capabilities }: Pick<Road, "policy" | "capabilities">,
): GuardedChoice {
  const choice = chooseStrategies(facts, policy, capabilities);
  if (choice.kind === "refuse") return { kind: "refuse", because: REASON_WORDS[choice.reason] };
  if (policy.race === "off") return choice;
  const strategies = choice.strategies.filter(({ guard }) => guard === "source-and-destination");
  if (strategies.length > 0) return { kind: "strategies", strategies };
  const because = "the store takes no condition on the destination of a copy (--race off does without)";
  return { kind: "refuse", because };
}
