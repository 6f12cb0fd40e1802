import type { Capabilities } from "../model/capabilities.js";
import type { ObjectFacts } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { CopyReason, Decision } from "../model/reason.js";
import { chooseStrategies, type Strategy } from "./strategies.js";

/**
 * What to do with one object, and why. The first row that fits decides:
 *
 * | state | and | decision |
 * |---|---|---|
 * | sse-s3, sse-kms, dsse-kms, provider-managed | - | skip |
 * | sse-c | no key opened it | skip: sse-c-without-key |
 * | | the target's own key did | skip: customer-key |
 * | unknown | - | skip: unrecognised-encryption |
 * | none, sse-c | archived | skip: archived |
 * | | restored from an archive, that may not be lost, and no other class was asked for | skip: restored-archive |
 * | | SSE-S3 is the target, and the store has none | refuse: sse-unsupported |
 * | | no way that loses nothing | refuse, with what would be lost |
 * | | - | the best of `chooseStrategies` |
 */
export function plan(facts: ObjectFacts, policy: Policy, capabilities: Capabilities): Decision {
  const encrypted = policy.target.settles(facts);
  if (encrypted) return { kind: "skip", reason: encrypted };
  if (facts.encryption.state === "sse-c" && facts.customerKey === null)
    return { kind: "skip", reason: "sse-c-without-key" };
  if (facts.encryption.state === "unknown") return { kind: "skip", reason: "unrecognised-encryption" };
  if (facts.archived) return { kind: "skip", reason: "archived" };
  if (facts.restored && facts.copyClass === undefined && !policy.acceptLoss.includes("restore"))
    return { kind: "skip", reason: "restored-archive" };
  const lacking = policy.target.lacks(capabilities);
  if (lacking !== null) return { kind: "refuse", reason: lacking };
  const choice = chooseStrategies(facts, policy, capabilities);
  if (choice.kind === "refuse") return choice;
  const [best] = choice.strategies;
  return { kind: best.name, reason: copyReason(best, facts, policy, capabilities) };
}

/** What a copy changes; of what was plaintext and gets SSE-S3, why this way and not the plain copy. */
function copyReason(best: Strategy, facts: ObjectFacts, policy: Policy, capabilities: Capabilities): CopyReason {
  const change = policy.target.reasonFor(facts);
  if (change !== "unencrypted" || best.name === "copy") return change;
  if (best.name === "copy-multipart" && facts.sizeBytes > Math.min(policy.copyCutoffBytes, capabilities.maxCopyBytes)) {
    return "unencrypted-above-copy-cutoff";
  }
  const nearest = (changes: Partial<Policy>) => {
    const choice = chooseStrategies(facts, { ...policy, ...changes }, capabilities);
    return choice.kind === "strategies" && choice.strategies[0].name === "copy";
  };
  if (nearest({ race: "off" })) return "unencrypted-guarded";
  return nearest({ race: "off", etag: "any" }) ? "unencrypted-keeping-etag" : "unencrypted-no-plain-copy";
}
