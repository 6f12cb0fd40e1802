import type { Capabilities } from "../model/capabilities.js";
import type { ObjectFacts, ObjectRef } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { CopyReason, RecordedDecision } from "../model/reason.js";
import { type ChosenStrategies, chooseStrategies, isUpdatable, staysInPlace } from "./strategies.js";

/** The decision on an object. `encrypt` contains the strategies that its copy tries, the best first. */
export type Decision =
  | Extract<RecordedDecision, { kind: "skip" | "refuse" }>
  | ({ readonly kind: "encrypt"; readonly reason: CopyReason } & Pick<ChosenStrategies, "strategies">);

/**
 * The decision on one object, and its reason. The first row that matches applies:
 *
 * | state | and | decision |
 * |---|---|---|
 * | sse-s3, sse-kms | under the target's own key | skip: kms-key |
 * | | SSE-KMS is not the target | skip |
 * | dsse-kms, provider-managed | - | skip |
 * | sse-c | no key opened it | skip: sse-c-without-key |
 * | | the target's own key did | skip: customer-key |
 * | unknown | - | skip: unrecognised-encryption |
 * | all others | archived, and UpdateObjectEncryption cannot be used | skip: archived |
 * | | restored from an archive, which may not be lost, no class was requested, and likewise | skip: restored-archive |
 * | | SSE-S3 is the target, and the store does not have it | refuse: sse-unsupported |
 * | | no strategy keeps everything | refuse, with what would be lost |
 * | | - | encrypt, with the best of `chooseStrategies` that the store accepts |
 */
export function plan(facts: ObjectFacts, policy: Policy, capabilities: Capabilities): Decision {
  const skipped = skipDecision(facts, policy);
  if (skipped !== null) return skipped;
  const lacking = policy.target.lacks(capabilities);
  if (lacking !== null) return { kind: "refuse", reason: lacking };
  const choice = chooseStrategies(facts, policy, capabilities);
  const archived = archiveDecision(facts, policy);
  if (choice.kind === "refuse") return archived ?? choice;
  if (archived !== null) return updateOnly(choice, facts, policy) ?? archived;
  const { strategies } = choice;
  return { kind: "encrypt", strategies, reason: copyReason(choice, facts, policy, capabilities) };
}

/** The decision on an object that no copy may touch; `null` if its encryption cannot be updated in place either. */
function updateOnly({ strategies }: ChosenStrategies, facts: ObjectFacts, { target }: Policy): Decision | null {
  const update = strategies.find(({ name }) => staysInPlace(name));
  return update === undefined ? null : { kind: "encrypt", strategies: [update], reason: target.reasonFor(facts) };
}

/**
 * The decision on an object that is left unchanged, whatever its store can do; `null` for any other. Pure.
 */
export function skipDecision(facts: ObjectFacts, policy: Policy): Extract<Decision, { kind: "skip" }> | null {
  const encrypted = policy.target.settles(facts);
  if (encrypted) return { kind: "skip", reason: encrypted };
  if (facts.encryption.state === "sse-c" && facts.customerKey === null)
    return { kind: "skip", reason: "sse-c-without-key" };
  if (facts.encryption.state === "unknown") return { kind: "skip", reason: "unrecognised-encryption" };
  return isUpdatable(facts, policy) ? null : archiveDecision(facts, policy);
}

/** `null` unless a copy is impossible, or would archive the object again. */
function archiveDecision(facts: ObjectFacts, policy: Policy): Extract<Decision, { kind: "skip" }> | null {
  if (facts.archived) return { kind: "skip", reason: "archived" };
  if (facts.restored && facts.copyClass === undefined && !policy.acceptLoss.includes("restore"))
    return { kind: "skip", reason: "restored-archive" };
  return null;
}

/**
 * The change that a copy makes. If a plaintext object gets SSE-S3: why this strategy and not the plain copy.
 */
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

/** The decision as the journal records it, with only the best of the strategies. */
export function recordedDecision(decision: Decision | RecordedDecision): RecordedDecision {
  if (decision.kind !== "encrypt") return decision;
  return { kind: decision.strategies[0].name, reason: decision.reason };
}

/**
 * The decision on an object of which the listing is all that is known: as if it were in plaintext, and had nothing that
 * a copy could lose. Pure.
 */
export function planListed(ref: ObjectRef, policy: Policy, capabilities: Capabilities): Decision {
  const { bucket, key, sizeBytes, etag, lastModified, storageClass } = ref;
  const { encryptsAlways, archiveClasses } = capabilities;
  const facts: ObjectFacts = {
    ...{ bucket, key, versionId: null, sizeBytes, etag, lastModified, storageClass },
    encryption: encryptsAlways
      ? { state: "provider-managed", evidence: "provider-statement" }
      : { state: "none", evidence: "head-header" },
    customerKey: null,
    content: {},
    userMetadata: {},
    hiddenMetadata: 0,
    tagCount: null,
    websiteRedirect: null,
    lock: { mode: null, retainUntil: null, legalHold: null },
    checksums: {},
    archived: archiveClasses.includes(storageClass),
    clientSideEncrypted: false,
    requestId: null,
  };
  return plan(facts, policy, capabilities);
}
