import type { ProviderProfile } from "../../providers/index.js";
import { disablesAcls, type LifecycleFinding } from "../journal/bucket-record.js";
import type { BucketFindings } from "../journal/run-record.js";
import type { Target } from "../model/target.js";
import { SSE_S3 } from "../model/target-sse.js";
import { countOf } from "../model/text.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import type { Probed } from "../probe/probe-bucket.js";
import { NOT_OBSERVABLE_WORDS } from "../probe/words.js";

/** The warnings about a bucket for the operator, before its objects are copied. Pure. */
export function bucketWarnings(
  findings: Omit<BucketFindings, "warnings">,
  provider: ProviderProfile,
  target: Target = SSE_S3,
): string[] {
  const { defaultEncryption, versioning, objectLock, openMultipartUploads, lifecycle, replication } = findings;
  const ofTarget = target.warningOf(defaultEncryption.after);
  const warnings: [boolean, string][] = [
    [
      defaultEncryption.after === "none",
      "the bucket has no default encryption: new objects keep arriving in plaintext (set it with migrate --set-default, or declare it)",
    ],
    [ofTarget !== null, ofTarget ?? ""],
    [
      versioning === "enabled" || versioning === "suspended",
      "the bucket keeps versions: each copy leaves the plaintext version behind as a noncurrent version, which only --versions replay or --versions purge removes",
    ],
    ...lockWarnings(objectLock),
    [
      (openMultipartUploads ?? 0) > 0,
      `${countOf(openMultipartUploads ?? 0, "multipart upload")} ${openMultipartUploads === 1 ? "is" : "are"} open: those begun before the default was set are stored in plaintext, so audit again when they are complete`,
    ],
    [
      actsOnObjects(lifecycle),
      "lifecycle rules delete or move objects: a copy counts as a new object, so its age starts again",
    ],
    [replication?.kind === "present", "replication rules exist: every copy is replicated as a new object"],
    [
      provider.encryption.reportedOnHead.value === "undocumented",
      `${provider.name} does not document that HEAD shows encryption: an object without that header counts as unencrypted, and a copy counts as encrypted only if HEAD shows it`,
    ],
  ];
  return warnings.filter(([applies]) => applies).map(([, words]) => words);
}

function lockWarnings(objectLock: BucketFindings["objectLock"]): [boolean, string][] {
  return [
    [
      objectLock === "present" || objectLock === "locks-by-default",
      "Object Lock is on: a locked plaintext version stays until its retention ends",
    ],
    [
      objectLock === "locks-by-default",
      "a default retention locks every new object: objects without a retention of their own are refused, because their copies would be locked",
    ],
  ];
}

type Rule = Extract<LifecycleFinding, { kind: "present" }>["first"][number];

/** Lifecycle actions that do not depend on the age of an object. */
const AGELESS: readonly Rule["actions"][number]["kind"][] = ["aborts-uploads", "removes-lone-delete-markers"];

// Rules that were not recorded, and rules with an unknown action, may do anything.
function actsOnObjects(found: LifecycleFinding | undefined): boolean {
  if (found?.kind !== "present") return false;
  const isHarmless = ({ enabled, actions }: Rule) =>
    !enabled || (actions.length > 0 && actions.every(({ kind }) => AGELESS.includes(kind)));
  return found.total > found.first.length || !found.first.every(isHarmless);
}

/** The warnings for the operator about a probe after which the run continues. Pure. */
export function probeWarnings({ obstacle, findings }: Probed): string[] {
  const open = findings.filter(({ kind }) => kind === "failed").length;
  return [
    ...(obstacle === null
      ? []
      : [`planned from the provider's documentation, without test objects: ${NOT_OBSERVABLE_WORDS[obstacle.because]}`]),
    ...(open === 0 || obstacle !== null
      ? []
      : [`${open} of the probe's questions failed; the provider's documentation answers them`]),
  ];
}

const ACLS_MEANWHILE =
  "access control lists were disabled in this bucket, so the run read none; Object Ownership, read again, could not be read or no longer disables them: grants may be missing on the copies";

/** The warning of an earlier look stays, also if the lists are disabled again. Pure. */
export function aclWarnings(
  earlier: Pick<BucketFindings, "ownership" | "warnings">,
  now: Pick<BucketFindings, "ownership">,
): string[] {
  const wereEnabled = disablesAcls(earlier.ownership) && !disablesAcls(now.ownership);
  return wereEnabled || earlier.warnings.includes(ACLS_MEANWHILE) ? [ACLS_MEANWHILE] : [];
}

/** The facts about a bucket: those found now, and those of an earlier session. Pure. */
export function laidOver(
  findings: BucketFindings,
  earlier: BucketFindings | undefined,
  options: ResolvedOptions,
): BucketFindings {
  const { canary, kmsKey, ownership, probe, capabilities } = earlier ?? {};
  // A run that has read access control lists goes on reading them, so that its record holds for all its copies.
  const readsAcls = ownership !== undefined && !disablesAcls(ownership);
  // If no copy followed a probe, the next session probes again.
  const probed = probe && capabilities ? { probe, capabilities } : null;
  return {
    ...findings,
    ...(canary && { canary }),
    ...(kmsKey !== undefined && { kmsKey }),
    ...(readsAcls && { ownership }),
    ...probed,
    warnings: [
      ...findings.warnings,
      ...(earlier === undefined ? [] : aclWarnings(earlier, findings)),
      ...(plansDry(options) ? [DRY] : []),
      ...(probed?.probe.warnings ?? []),
    ],
    defaultEncryption: { ...findings.defaultEncryption, ...begunWith(earlier) },
  };
}

/** The default that an earlier session found before it changed it, and the time of the change. */
function begunWith(earlier: BucketFindings | undefined): Partial<BucketFindings["defaultEncryption"]> {
  if (earlier === undefined) return {};
  const { before, setAt } = earlier.defaultEncryption;
  return { before, ...(setAt === undefined ? {} : { setAt }) };
}

const DRY = "planned from the provider's documentation: a dry run writes no test objects";

/** Returns whether this dry run skips a probe that a real run would make. */
function plansDry({ dryRun, capabilities, assumeDocumented }: ResolvedOptions): boolean {
  return dryRun && capabilities.from === "documents" && !assumeDocumented;
}
