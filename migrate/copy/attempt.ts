import type { CarriedFacts, ObjectFacts } from "../inspect/object-facts.js";
import type { StrategyName } from "../journal/ways.js";

/** A copy that was begun, and of which no answer may ever come. */
export interface Attempt {
  readonly facts: ObjectFacts;
  readonly carried: CarriedFacts;
  readonly strategy: StrategyName;
}
