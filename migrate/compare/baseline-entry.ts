import type { ReadBecause } from "../journal/input-records.js";
import type { BaselineLine, VersionRecord } from "../journal/observation.js";
import type { JournalRecord, Observation, OutcomeRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import type { EncryptionState } from "../model/encryption.js";

/** The observation of one object version by an earlier run, and its journal line. */
export interface BaselineEntry {
  readonly bucket: string;
  readonly key: string;
  readonly seen: Observation;
  readonly line: Omit<BaselineLine, "use">;
  /** The audit's statement about an unencrypted object; `null` if it need not, or must not, be repeated. */
  readonly unencrypted: Pick<OutcomeRecord, "decision" | "outcome" | "notes"> | null;
  /** How the copy that an earlier run left there differs; `null` if it does not. */
  readonly differs: string | null;
}

/** A line about an object that cannot be used. */
export interface UnusableEntry {
  readonly bucket: string;
  readonly key: string;
  readonly seen: Observation;
  readonly unusable: ReadBecause;
}

export function isUsable<E extends BaselineEntry>(entry: E | UnusableEntry): entry is E {
  return !("unusable" in entry);
}

interface BaselineSource {
  readonly line: Omit<BaselineLine, "use">;
  readonly run: Pick<RunRecord, "command" | "provider" | "tool" | "buckets" | "sessions">;
  /** The version and provider of the run that uses the baseline. */
  readonly toolVersion: string;
  readonly provider: string;
}

/** Another write within the same second leaves Last-Modified unchanged. */
const SURE_AFTER_MS = 2000;

/**
 * Without a customer key, an audit cannot verify an SSE-C object. A provider's statement is not an
 * observation.
 */
const KNOWABLE: ReadonlySet<EncryptionState> = new Set(["none", "sse-s3", "sse-kms", "dsse-kms"]);

/**
 * The observation in a line of an earlier run, for an object that is still the same; `null` if the line is about no
 * object that existed, or about a noncurrent version that it cannot be used for. Pure.
 */
export function baselineEntry(record: JournalRecord, source: BaselineSource): BaselineEntry | UnusableEntry | null {
  if (record.kind !== "outcome" && record.kind !== "version") return null;
  const { kind } = record.outcome;
  if (kind === "vanished" || kind === "not-found" || kind === "removed") return null;
  const { bucket, key } = record;
  const seen = lastSeen(record);
  const line = usableLine(record, seen, source);
  if (typeof line === "string") {
    return record.kind === "outcome" ? { bucket, key, seen, unusable: line } : null;
  }
  return {
    bucket,
    key,
    seen,
    line,
    unencrypted: saidOfUnencrypted(record, seen, source),
    differs: differenceOf(record),
  };
}

function usableLine(
  record: OutcomeRecord | VersionRecord,
  seen: Observation,
  source: BaselineSource,
): BaselineEntry["line"] | ReadBecause {
  if (record.outcome.kind === "failed" && differenceOf(record) === null) return "failed";
  if (seen.state === "sse-c") return "customer-key";
  if (!KNOWABLE.has(seen.state) || seen.etag === null || seen.lastModified === null) return "no-evidence";
  return lineOf(record, seen, source);
}

function differenceOf({ outcome }: OutcomeRecord | VersionRecord): string | null {
  return outcome.kind === "failed" && outcome.reason === "differs-after-copy" ? outcome.detail : null;
}

function lastSeen(record: OutcomeRecord | VersionRecord): Observation {
  return record.kind === "outcome" ? (record.after ?? record.before) : record.before;
}

/** If the record itself depends on a baseline, the line in that baseline. */
function lineOf(
  record: OutcomeRecord | VersionRecord,
  seen: Observation,
  { line, run }: BaselineSource,
): BaselineEntry["line"] | ReadBecause {
  if (seen.evidence === "baseline") {
    if (record.baseline?.use !== "taken") return "no-evidence";
    const { use: _use, ...earlier } = record.baseline;
    return earlier;
  }
  const wasRead = seen.evidence === "head-header" || seen.evidence === "write-response";
  if (!wasRead) return "no-evidence";
  const isSettled = isNamedVersion(seen.versionId) || isSure(record, seen) || isUnderDefault(record, seen, run);
  return isSettled ? line : "just-written";
}

/** Whether the object was examined after the second of its last write was over. */
function isSure(record: OutcomeRecord | VersionRecord, { lastModified }: Observation): boolean {
  const lookedAtMs = Date.parse(record.at) - (record.durationMs ?? 0);
  const writtenMs = Math.floor(Date.parse(lastModified ?? "") / 1000) * 1000;
  return lookedAtMs - writtenMs >= SURE_AFTER_MS;
}

/**
 * Whether the bucket encrypted every write from before this copy until the end of the run, in the same way. A migration
 * looks at its copies right away, and a later write in the same second would be encrypted too. An upload that began
 * before the default was set would not be, but its ETag has a hyphen.
 */
function isUnderDefault(
  record: OutcomeRecord | VersionRecord,
  { state, evidence, etag, lastModified }: Observation,
  { buckets, sessions }: BaselineSource["run"],
): boolean {
  if (record.kind !== "outcome" || record.outcome.kind !== "migrated" || evidence !== "head-header") return false;
  const found = buckets.find(({ bucket }) => bucket === record.bucket);
  if (found === undefined || etag === null || etag.includes("-")) return false;
  const { after, setAt } = found.defaultEncryption;
  if (after !== state || found.atEnd?.defaultEncryption !== state) return false;
  // An earlier session may have found another default.
  const begunMs = Date.parse(record.at) - record.durationMs;
  const isOfLastSession = begunMs >= Date.parse(sessions.at(-1)?.startedAt ?? "");
  const isSetBefore = setAt === undefined || Date.parse(lastModified ?? "") - Date.parse(setAt) >= SURE_AFTER_MS;
  return isOfLastSession && isSetBefore;
}

/** Restoring an object starts or ends these states. */
const RESTORABLE: ReadonlySet<string> = new Set(["archived", "restored-archive"]);

/**
 * The statement tells what a migration would do. Another version or provider may decide differently, and so
 * may a restore of an archived object.
 */
function saidOfUnencrypted(
  record: OutcomeRecord | VersionRecord,
  { state }: Observation,
  { run, provider, toolVersion }: BaselineSource,
): BaselineEntry["unencrypted"] {
  const isSame = run.command === "audit" && run.tool.version === toolVersion && run.provider === provider;
  if (record.kind !== "outcome" || state !== "none" || !isSame || RESTORABLE.has(record.decision.reason)) return null;
  return { decision: record.decision, outcome: record.outcome, notes: record.notes };
}

/** The properties of an object version in a listing. */
export interface ListedFacts {
  readonly etag: string;
  readonly sizeBytes: number;
  readonly lastModified: string;
}

/** Whether this version ID can never belong to another write. */
export function isNamedVersion(versionId: string | null): versionId is string {
  return versionId !== null && versionId !== "null";
}

/** For an unversioned object, HEAD returns no version ID and a listing contains the text "null". */
export function isSameVersion(left: string | null, right: string | null): boolean {
  return (left ?? "null") === (right ?? "null");
}

/** Listings contain fractions of a second, HEAD does not. */
export function isSameSecond(left: string | null, right: string | null): boolean {
  const secondOf = (date: string | null) => Math.floor(Date.parse(date ?? "") / 1000);
  return secondOf(left) === secondOf(right);
}

/**
 * Whether a listed object is the observed one. The version is compared separately, because not every listing
 * contains it.
 */
export function isSameObject(seen: Observation, listed: ListedFacts): boolean {
  return (
    seen.etag === listed.etag &&
    seen.sizeBytes === listed.sizeBytes &&
    isSameSecond(seen.lastModified, listed.lastModified)
  );
}

const NOT_WRITTEN_SINCE = "; an earlier run copied it, and nobody wrote to it since";

/** Repeats that an earlier run's copy differs, as long as that copy exists. Pure. */
export function stillDiffers({
  differs,
}: Pick<BaselineEntry, "differs">): Pick<OutcomeRecord, "decision" | "outcome"> | null {
  if (differs === null) return null;
  const reason = "differs-after-copy";
  const detail = differs.endsWith(NOT_WRITTEN_SINCE) ? differs : `${differs}${NOT_WRITTEN_SINCE}`;
  return { decision: { kind: "none", reason }, outcome: { kind: "failed", reason, detail } };
}
