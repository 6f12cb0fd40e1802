import type { Observation, OutcomeRecord } from "../../../migrate/journal/record.js";
import type { BucketFindings, RunRecord } from "../../../migrate/journal/run-record.js";
import { outcomeRecord } from "../fixtures/records.js";

/** A migration of bucket `b` that ran to its end, with whatever a test is about laid over it. */
export function aRun(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: "bucketseal/run/1",
    id: "4f6d3c1e-8a57-4c2b-9d0e-1b2a3c4d5e6f",
    tool: { name: "bucketseal", version: "0.1.0", node: "20.19.0" },
    command: "migrate",
    dryRun: false,
    provider: "ovhcloud",
    endpoint: "https://s3.gra.io.cloud.ovh.net",
    region: "gra",
    accessKeyId: "AKEXAMPLE",
    scopes: [{ bucket: "b", prefix: "" }],
    options: { concurrency: 64 },
    buckets: [bucketFindings()],
    sessions: [
      { startedAt: "2026-01-01T00:00:00.000Z", endedAt: "2026-01-01T00:01:00.000Z", end: "complete", message: null },
    ],
    ...changes,
  };
}

export function bucketFindings(changes: Partial<BucketFindings> = {}): BucketFindings {
  return {
    bucket: "b",
    defaultEncryption: { before: "none", after: "sse-s3" },
    versioning: "never",
    objectLock: "absent",
    openMultipartUploads: 0,
    warnings: [],
    ...changes,
  };
}

export function seen(changes: Partial<Observation> = {}): Observation {
  return { ...outcomeRecord().before, ...changes };
}

export function migrated(changes: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return outcomeRecord({
    before: seen(),
    after: seen({ state: "sse-s3", etag: "f" }),
    outcome: { kind: "migrated", strategy: "copy", guard: "source" },
    ...changes,
  });
}

export function alreadyEncrypted(changes: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return outcomeRecord({
    before: seen({ state: "sse-s3" }),
    decision: { kind: "skip", reason: "sse-s3" },
    outcome: { kind: "already-encrypted", reason: "sse-s3" },
    ...changes,
  });
}

export function failed(changes: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return outcomeRecord({ outcome: { kind: "failed", reason: "access-denied", detail: "AccessDenied" }, ...changes });
}

export function vanished(changes: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return outcomeRecord({
    decision: { kind: "none", reason: "vanished" },
    outcome: { kind: "vanished" },
    ...changes,
  });
}
