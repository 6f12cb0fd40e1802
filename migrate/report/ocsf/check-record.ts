import type { Observation, VersionRecord } from "../../journal/observation.js";
import { isAbsent, type OutcomeRecord } from "../../journal/record.js";
import { STATE_WORDS } from "../../model/encryption.js";
import { REASON_WORDS } from "../../model/reason.js";
import { timeOf } from "../time-of-run.js";
import { reasonOf } from "../totals.js";
import { versionReasonWords } from "../version-words.js";
import type { Checked, CheckStatus, Resource } from "./finding.js";

const REMEDY =
  "Encrypt it in place (bucketseal migrate), and audit again; what keeps it from that is in status_detail.";

/** What was seen of one current object; `null` if it is gone. One that was named and not found is a warning. */
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

/** What was seen of one noncurrent version; `null` where it is gone. */
export function checkVersion(record: VersionRecord, runMs: number): Checked | null {
  const { outcome, before, notes, requestIds = [] } = record;
  if (outcome.kind === "vanished" || outcome.kind === "removed") return null;
  const detail = outcome.kind === "failed" ? ` (${outcome.detail})` : "";
  return {
    check: "older-version-encrypted",
    status: outcome.kind === "failed" ? "warning" : statusOf(before),
    severity: "medium",
    detail: `${STATE_WORDS[before.state]}: ${versionReasonWords(outcome)}${detail}.`,
    remedy: "Re-create or remove it (bucketseal migrate --versions replay or --versions purge) once no lock keeps it.",
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
