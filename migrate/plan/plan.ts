import type { Capabilities } from "../model/capabilities.js";
import type { ObjectFacts } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { CopyReason, RecordedDecision } from "../model/reason.js";
import { type ChosenStrategies, chooseStrategies } from "./strategies.js";

/** What is to be done with an object; `encrypt` carries the strategies that its copy tries, the best first. */
export type Decision =
  | Extract<RecordedDecision, { kind: "skip" | "refuse" }>
  | ({ readonly kind: "encrypt"; readonly reason: CopyReason } & Pick<ChosenStrategies, "strategies">);

/**
 * What to do with one object, and why. The first row that fits decides:
 *
 * | state | and | decision |
 * |---|---|---|
 * | sse-s3, sse-kms | under the target's own key | skip: kms-key |
 * | | SSE-KMS is not the target | skip |
 * | dsse-kms, provider-managed | - | skip |
 * | sse-c | no key opened it | skip: sse-c-without-key |
 * | | the target's own key did | skip: customer-key |
 * | unknown | - | skip: unrecognised-encryption |
 * | all others | archived | skip: archived |
 * | | restored from an archive, that may not be lost, and no other class was asked for | skip: restored-archive |
 * | | SSE-S3 is the target, and the store has none | refuse: sse-unsupported |
 * | | no way that loses nothing | refuse, with what would be lost |
 * | | - | encrypt, by the best of `chooseStrategies` that the store takes |
 */
export function plan(facts: ObjectFacts, policy: Policy, capabilities: Capabilities): Decision {
  const skipped = skipDecision(facts, policy);
  if (skipped !== null) return skipped;
  const lacking = policy.target.lacks(capabilities);
  if (lacking !== null) return { kind: "refuse", reason: lacking };
  const choice = chooseStrategies(facts, policy, capabilities);
  if (choice.kind === "refuse") return choice;
  const { strategies } = choice;
  return { kind: "encrypt", strategies, reason: copyReason(choice, facts, policy, capabilities) };
}

/** The decision on an object that is left as it is, whatever its store can do; `null` for any other. Pure. */
export function skipDecision(facts: ObjectFacts, policy: Policy): Extract<Decision, { kind: "skip" }> | null {
  const encrypted = policy.target.settles(facts);
  if (encrypted) return { kind: "skip", reason: encrypted };
  if (facts.encryption.state === "sse-c" && facts.customerKey === null)
    return { kind: "skip", reason: "sse-c-without-key" };
  if (facts.encryption.state === "unknown") return { kind: "skip", reason: "unrecognised-encryption" };
  if (facts.archived) return { kind: "skip", reason: "archived" };
  if (facts.restored && facts.copyClass === undefined && !policy.acceptLoss.includes("restore"))
    return { kind: "skip", reason: "restored-archive" };
  return null;
}

/** What a copy changes; of what was plaintext and gets SSE-S3, why this way and not the plain copy. */
function copyReason(
  { strategies: [best], plainCopyFails }: ChosenStrategies,
  facts: ObjectFacts,
  policy: Policy,
  capabilities: Capabilities,
): CopyReason {
  const change = policy.target.reasonFor(facts);
  if (change !== "unencrypted" || best.name === "copy") return change;
  if (best.name === "copy-multipart" && facts.sizeBytes > Math.min(policy.copyCutoffBytes, capabilities.maxCopyBytes)) {
    return "unencrypted-above-copy-cutoff";
  }
  if (plainCopyFails === "no-destination-condition") return "unencrypted-guarded";
  return plainCopyFails === "etag-cannot-be-kept" ? "unencrypted-keeping-etag" : "unencrypted-no-plain-copy";
}

/** What the journal says of a decision: of the strategies, the best. */
export function recordedDecision(decision: Decision | RecordedDecision): RecordedDecision {
  if (decision.kind !== "encrypt") return decision;
  return { kind: decision.strategies[0].name, reason: decision.reason };
}
