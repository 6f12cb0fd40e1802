import type { CarriedFacts, ObjectFacts } from "../model/object.js";
import type { StrategyName } from "../model/strategy.js";

/** A copy that was begun, and of which no answer may ever come. */
export interface Attempt {
  readonly facts: ObjectFacts;
  readonly carried: CarriedFacts;
  readonly strategy: StrategyName;
}
