import type { BucketFindings, RunRecord } from "../../journal/run-record.js";
import { isEncrypting } from "../../model/encryption.js";
import { countOf } from "../../model/text.js";
import { arrivalWords } from "../arrivals.js";
import { bucketFacts } from "../bucket-facts.js";
import { unprovenCount } from "../counts.js";
import { unseenSentence } from "../not-seen.js";
import { defaultNow, uploadsBefore } from "../remains/upload-remains.js";
import type { ScopeTotals, Summary } from "../summary.js";
import { timeOfRun } from "../time-of-run.js";
import type { Checked, CheckStatus, Resource } from "./finding.js";

type BucketCheck = Pick<Checked, "check" | "status" | "detail" | "remedy" | "severity">;

/** What was checked of each bucket itself, and of all that it holds together. */
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

/** A warning for each bucket that was not seen, or not to its end: no other of its checks could be made. */
function* checkUnseen({ scopes }: Summary, run: RunRecord): Generator<Checked> {
  for (const bucket of new Set(scopes.filter(({ unseen }) => unseen !== undefined).map((scope) => scope.bucket))) {
    const ofIt = scopes.filter((scope) => scope.bucket === bucket && scope.unseen !== undefined);
    yield {
      check: "bucket-seen",
      status: "warning",
      severity: "medium",
      detail: ofIt.map(unseenSentence).join(" "),
      remedy: "Let the credentials read it, or name its region, and go on with --resume.",
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
  const words = `${countOf(plaintext, "older version")} not encrypted, ${unseen} not to be seen`;
  return {
    check: "bucket-older-versions-encrypted",
    status: plaintext > 0 ? "fail" : unseen > 0 || !isWhole ? "warning" : "pass",
    severity: "medium",
    detail: isWhole ? `${words}.` : `${words}; not all of them were looked at.`,
    remedy:
      "Re-create or remove them (bucketseal migrate --versions replay or --versions purge) once no lock keeps them.",
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
