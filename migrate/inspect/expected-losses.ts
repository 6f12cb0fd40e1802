import type { StrategyName } from "../journal/record.js";
import type { Capabilities } from "../plan/capabilities.js";
import type { AcceptedLoss, ObjectFacts } from "./object-facts.js";

/** What this way of copying will lose of the object; the plan let it through only because the operator accepted it. Pure. */
export function expectedLosses(
  facts: ObjectFacts,
  strategy: StrategyName,
  capabilities: Capabilities,
): readonly AcceptedLoss[] {
  const isCopy = strategy === "copy" || strategy === "copy-replacing";
  const losesClass = isCopy && !capabilities.copyTakesStorageClass && facts.storageClass !== "STANDARD";
  const losesMetadata = strategy === "copy" ? !capabilities.copyKeepsMetadata : facts.hiddenMetadata > 0;
  return [
    ...(losesClass
      ? [lost("storage-class", `its storage class (${facts.storageClass}) is not kept by the store's copies`)]
      : []),
    ...(losesMetadata ? [lost("metadata", "some of its metadata may be lost")] : []),
  ];
}

function lost(of: AcceptedLoss["of"], words: string): AcceptedLoss {
  return { of, words: `${words}, which was accepted` };
}
