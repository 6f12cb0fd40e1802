import type { Observation, VersionRecord } from "../../journal/observation.js";
import { isAbsent, type OutcomeRecord } from "../../journal/record.js";
import type { BucketFindings, RunRecord } from "../../journal/run-record.js";
import { isEncrypting, STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS } from "../../model/reason.js";
import { countOf } from "../../model/text.js";
import { versionReasonWords } from "../exceptions.js";
import { bucketFacts } from "../facts.js";
import { unprovenCount, unseenSentence } from "../not-seen.js";
import { defaultNow, uploadsBefore } from "../remains.js";
import { timeOf, timeOfRun } from "../run-state.js";
import { arrivalWords, type ScopeTotals, type Summary } from "../summary.js";
import { reasonOf } from "../tally.js";
import type { Checked, CheckStatus, Resource } from "./check-kinds.js";

type BucketCheck = Pick<Checked, "check" | "status" | "detail" | "remedy" | "severity">;

/** The checks of each bucket itself, and of its contents as a whole. */
export function* checkBuckets(summary: Summary, run: RunRecord): Generator<Checked> {
  yield* checkUnseen(summary, run);
  for (const found of run.buckets) {
    const scopes = summary.scopes.filter(({ bucket }) => bucket === found.bucket);
    const resource: Resource = {
      type: "bucket",
      bucket: found.bucket,
      key: null,
      versionId: null,
      modifiedMs: null,
      data: Object.fromEntries(bucketFacts(found)),
    };
    const checks = [defaultCheck(found, scopes), objectsCheck(scopes), olderCheck(scopes, found), uploadsCheck(found)];
    for (const check of checks) yield { ...check, resource, timeMs: timeOfRun(run) };
  }
}

/** A warning for each bucket that was not seen, or not completely: its other checks were not possible. */
function* checkUnseen({ scopes }: Summary, run: RunRecord): Generator<Checked> {
  for (const bucket of new Set(scopes.filter(({ unseen }) => unseen !== undefined).map((scope) => scope.bucket))) {
    const ofIt = scopes.filter((scope) => scope.bucket === bucket && scope.unseen !== undefined);
    yield {
      check: "bucket-seen",
      status: "warning",
      severity: "medium",
      detail: ofIt.map((scope) => unseenSentence(scope)).join(" "),
      remedy: "Allow the credentials to read it, or give its region, and continue with --resume.",
      resource: { type: "bucket", bucket, key: null, versionId: null, modifiedMs: null },
      timeMs: timeOfRun(run),
    };
  }
}

function defaultCheck(found: BucketFindings, scopes: readonly ScopeTotals[]): BucketCheck {
  const since = scopes.flatMap(({ arrivals }) => arrivalWords(arrivals));
  const now = defaultNow(found);
  const status: CheckStatus = isEncrypting(now) ? "pass" : now === "none" ? "fail" : "warning";
  return {
    check: "bucket-default-encryption",
    status,
    severity: "medium",
    detail: [`Default encryption when last read: ${now}.`, ...since].join(" "),
    remedy: "Set the bucket's default encryption (bucketseal migrate --set-default, or declare it).",
  };
}

function objectsCheck(scopes: readonly ScopeTotals[]): BucketCheck {
  const none = sumOver(scopes, ({ statesNow }) => statesNow.none.objects);
  const unproven = sumOver(scopes, unprovenCount);
  const closes = scopes.length > 0 && scopes.every((scope) => scope.closes);
  const listed = sumOver(scopes, (scope) => scope.listed);
  const words = `${countOf(none, "current object")} of ${countOf(listed, "object")} listed not encrypted, ${unproven} not proven`;
  return {
    check: "bucket-objects-encrypted",
    status: none > 0 ? "fail" : unproven > 0 || !closes ? "warning" : "pass",
    severity: "high",
    detail: closes ? `${words}.` : `${words}; not every object listed has an outcome.`,
    remedy: "Encrypt the objects in place (bucketseal migrate), and audit again.",
  };
}

function olderCheck(scopes: readonly ScopeTotals[], { versioning }: BucketFindings): BucketCheck {
  const looked = scopes.flatMap(({ noncurrent }) => noncurrent ?? []);
  const plaintext = looked.reduce((sum, { outcomes }) => sum + outcomes.plaintext.objects, 0);
  const unseen = looked.reduce((sum, { outcomes }) => sum + outcomes.unproven.objects + outcomes.failed.objects, 0);
  const isWhole = versioning === "never" || (looked.length === scopes.length && looked.every(({ closes }) => closes));
  const words = `${countOf(plaintext, "noncurrent version")} not encrypted, ${unseen} not determined`;
  return {
    check: "bucket-older-versions-encrypted",
    status: plaintext > 0 ? "fail" : unseen > 0 || !isWhole ? "warning" : "pass",
    severity: "medium",
    detail: isWhole ? `${words}.` : `${words}; not all of them were examined.`,
    remedy:
      "Re-create or remove them (bucketseal migrate --versions replay or --versions purge) once no lock protects them.",
  };
}

function uploadsCheck(found: BucketFindings): BucketCheck {
  const before = uploadsBefore(found);
  return {
    check: "bucket-no-earlier-uploads",
    status: before === null ? "warning" : before > 0 ? "fail" : "pass",
    severity: "low",
    detail: before === null ? "Open uploads could not be listed." : `${countOf(before, "upload")} open from before.`,
    remedy: "Complete or abort them, and audit again.",
  };
}

function sumOver(scopes: readonly ScopeTotals[], count: (scope: ScopeTotals) => number): number {
  return scopes.reduce((sum, scope) => sum + count(scope), 0);
}

const REMEDY = "Encrypt it in place (bucketseal migrate), and audit again; status_detail says what prevents it.";

/**
 * The check of one current object; `null` if it no longer exists. An object in a manifest that was not found
 * is a warning.
 */
export function checkObject(record: OutcomeRecord, runMs: number): Checked | null {
  const { outcome, before, after, decision, attempts, durationMs, requestIds, notes } = record;
  if (outcome.kind === "vanished") return null;
  const absent = isAbsent(outcome.kind);
  const now = after ?? before;
  const because =
    outcome.kind === "failed"
      ? `${REASON_WORDS[reasonOf(record)]} (${outcome.detail})`
      : REASON_WORDS[reasonOf(record)];
  return {
    check: "object-encrypted",
    status: statusOf(now),
    severity: "medium",
    detail: absent ? `Not found: ${because}.` : `${STATE_WORDS[now.state]}: ${because}.`,
    remedy: REMEDY,
    resource: resourceOf(record, now),
    timeMs: timeOf(record.at) ?? runMs,
    unmapped: {
      state_before: before.state,
      evidence_before: before.evidence,
      etag_before: before.etag,
      last_modified_before: before.lastModified,
      decision: decision.kind,
      outcome: outcome.kind,
      reason: reasonOf(record),
      ...(outcome.kind === "migrated" ? { strategy: outcome.strategy, guard: outcome.guard } : {}),
      attempts,
      duration_ms: durationMs,
      request_ids: requestIds,
      notes,
    },
  };
}

/** The check of one noncurrent version; `null` if it no longer exists. */
export function checkVersion(record: VersionRecord, runMs: number): Checked | null {
  const { outcome, before, notes, requestIds = [] } = record;
  if (outcome.kind === "vanished" || outcome.kind === "removed") return null;
  const detail = outcome.kind === "failed" ? ` (${outcome.detail})` : "";
  return {
    check: "older-version-encrypted",
    status: outcome.kind === "failed" ? "warning" : statusOf(before),
    severity: "medium",
    detail: `${STATE_WORDS[before.state]}: ${versionReasonWords(outcome)}${detail}.`,
    remedy:
      "Re-create or remove it (bucketseal migrate --versions replay or --versions purge) once no lock protects it.",
    resource: resourceOf(record, before),
    timeMs: timeOf(record.at) ?? runMs,
    unmapped: {
      outcome: outcome.kind,
      ...("reason" in outcome ? { reason: outcome.reason } : {}),
      ...(outcome.kind === "plaintext" && outcome.until !== null ? { locked_until: outcome.until } : {}),
      request_ids: requestIds,
      notes,
    },
  };
}

function statusOf({ state, evidence }: Observation): CheckStatus {
  if (state === "none") return "fail";
  return state === "unknown" || evidence === null ? "warning" : "pass";
}

function resourceOf({ bucket, key }: { readonly bucket: string; readonly key: string }, now: Observation): Resource {
  const { versionId, lastModified, sizeBytes, etag, storageClass, state, evidence } = now;
  return {
    type: "object",
    bucket,
    key,
    versionId,
    modifiedMs: timeOf(lastModified),
    data: { size_bytes: sizeBytes, etag, storage_class: storageClass, encryption: state, evidence },
  };
}
