import type { Capabilities } from "../model/capabilities.js";
import type { AcceptedLoss, ObjectFacts } from "../model/object.js";
import type { StrategyName } from "../model/strategy.js";
import type { Target } from "../model/target.js";
import { ACCEPTED_AS, lostOf, needsClassSent } from "../plan/lost-by-way.js";

/** What this way of copying will lose of the object; the plan let it through only because the operator accepted it. Pure. */
export function expectedLosses(
  facts: ObjectFacts,
  strategy: StrategyName,
  capabilities: Capabilities,
  target: Target,
): readonly AcceptedLoss[] {
  const seen = lostOf(facts, strategy, capabilities.lostBy, target).map((property) => ACCEPTED_AS[property]);
  const isCopy = strategy === "copy" || strategy === "copy-replacing";
  const dropsClass = isCopy && !capabilities.copyTakesStorageClass && needsClassSent(facts);
  const losesClass = dropsClass || seen.includes("storage-class");
  const dropsMetadata = strategy === "copy" ? !capabilities.copyKeepsMetadata : facts.hiddenMetadata > 0;
  const losesMetadata = dropsMetadata || seen.includes("metadata");
  return [
    ...(losesClass
      ? [lost("storage-class", `its storage class (${facts.storageClass}) is not kept by the store's copies`)]
      : []),
    ...(facts.restored && facts.copyClass === undefined
      ? [lost("restore", `it is archived again (${facts.storageClass})`)]
      : []),
    ...(losesMetadata ? [lost("metadata", "some of its metadata may be lost")] : []),
  ];
}

function lost(of: AcceptedLoss["of"], words: string): AcceptedLoss {
  return { of, words: `${words}, which was accepted` };
}
