import type { BucketFindings } from "../../../migrate/journal/run-record.js";
import { bucketFindings } from "./a-run.js";
import { HOSTILE_KEYS } from "./hostile-keys.js";

/** Whoever may configure a bucket chooses the names of its rules, and whoever may write to it those of its uploads. */
export function hostileBucket(): BucketFindings {
  const text = HOSTILE_KEYS.join("");
  const rule = { id: text, enabled: true, prefix: text, isNarrower: false };
  const uploads = HOSTILE_KEYS.map((key) => ({ key, uploadId: key, initiatedAt: null }));
  const begunUpTo = "2026-01-01T00:00:00.000Z";
  return bucketFindings({
    warnings: HOSTILE_KEYS.slice(),
    policy: { kind: "present", statements: 1, onEncryption: HOSTILE_KEYS.slice() },
    lifecycle: { kind: "present", total: 1, first: [{ ...rule, actions: [] }] },
    replication: { kind: "present", total: 1, first: [{ ...rule, destination: text }] },
    atEnd: {
      readAt: begunUpTo,
      defaultEncryption: "sse-s3",
      openUploads: { open: uploads.length, begunUpTo, earlier: uploads.length, firstEarlier: uploads },
    },
  });
}
