import type { BaselineLine, VersionRecord } from "../journal/observation.js";
import type { JournalRecord, Observation, OutcomeRecord } from "../journal/record.js";
import type { RunRecord } from "../journal/run-record.js";
import type { EncryptionState } from "../model/encryption.js";

/** What an earlier run saw of one object version, and where that stands. */
export interface BaselineEntry {
  readonly bucket: string;
  readonly key: string;
  readonly seen: Observation;
  readonly line: Omit<BaselineLine, "use">;
  /** What an audit said of an object that is not encrypted; `null` where this need not, or must not, be said again. */
  readonly unencrypted: Pick<OutcomeRecord, "decision" | "outcome" | "notes"> | null;
  /** In what the copy differs that an earlier run left there; `null` where it does not. */
  readonly differs: string | null;
}

interface BaselineSource {
  readonly line: Omit<BaselineLine, "use">;
  readonly run: Pick<RunRecord, "command" | "provider" | "tool">;
  /** The version and the provider of the run that goes by it. */
  readonly toolVersion: string;
  readonly provider: string;
}

/** A write in the second in which the object had been written before leaves its date as it was. */
const SURE_AFTER_MS = 2000;

/** Without a key an audit cannot know an object under one, and what a provider states was not seen. */
const KNOWABLE: ReadonlySet<EncryptionState> = new Set(["none", "sse-s3", "sse-kms", "dsse-kms"]);

/** What a line of an earlier run tells of an object that is still the same; `null` where it tells nothing that could count. Pure. */
export function baselineEntry(record: JournalRecord, source: BaselineSource): BaselineEntry | null {
  if (record.kind !== "outcome" && record.kind !== "version") return null;
  const seen = lastSeen(record);
  if (seen === null || !KNOWABLE.has(seen.state) || seen.etag === null || seen.lastModified === null) return null;
  const line = lineOf(record, seen, source);
  if (line === null) return null;
  const { bucket, key } = record;
  return {
    bucket,
    key,
    seen,
    line,
    unencrypted: saidOfUnencrypted(record, seen, source),
    differs: differenceOf(record),
  };
}

function differenceOf({ outcome }: OutcomeRecord | VersionRecord): string | null {
  return outcome.kind === "failed" && outcome.reason === "differs-after-copy" ? outcome.detail : null;
}

function lastSeen(record: OutcomeRecord | VersionRecord): Observation | null {
  const { kind } = record.outcome;
  const isUnread = kind === "failed" && differenceOf(record) === null;
  if (kind === "vanished" || kind === "not-found" || kind === "removed" || isUnread) return null;
  return record.kind === "outcome" ? (record.after ?? record.before) : record.before;
}

/** Of what rests on a baseline itself, the line that it rests on. */
function lineOf(
  record: OutcomeRecord | VersionRecord,
  seen: Observation,
  { line }: BaselineSource,
): BaselineEntry["line"] | null {
  if (seen.evidence === "baseline") {
    if (record.baseline?.use !== "taken") return null;
    const { use: _use, ...earlier } = record.baseline;
    return earlier;
  }
  const wasRead = seen.evidence === "head-header" || seen.evidence === "write-response";
  return wasRead && (isNamedVersion(seen.versionId) || isSure(record, seen)) ? line : null;
}

/** Looked at once the second of its last write was over. */
function isSure(record: OutcomeRecord | VersionRecord, { lastModified }: Observation): boolean {
  const lookedAtMs = Date.parse(record.at) - (record.durationMs ?? 0);
  const writtenMs = Math.floor(Date.parse(lastModified ?? "") / 1000) * 1000;
  return lookedAtMs - writtenMs >= SURE_AFTER_MS;
}

/** What a restore begins or ends. */
const RESTORABLE: ReadonlySet<string> = new Set(["archived", "restored-archive"]);

/** Says what a migration would do, which another version or provider may see otherwise, and a restore changes for archived objects. */
function saidOfUnencrypted(
  record: OutcomeRecord | VersionRecord,
  { state }: Observation,
  { run, provider, toolVersion }: BaselineSource,
): BaselineEntry["unencrypted"] {
  const isSame = run.command === "audit" && run.tool.version === toolVersion && run.provider === provider;
  if (record.kind !== "outcome" || state !== "none" || !isSame || RESTORABLE.has(record.decision.reason)) return null;
  return { decision: record.decision, outcome: record.outcome, notes: record.notes };
}

/** What a listing tells of an object version. */
export interface ListedFacts {
  readonly etag: string;
  readonly sizeBytes: number;
  readonly lastModified: string;
}

/** Whether the version id is one that no other write will ever get. */
export function isNamedVersion(versionId: string | null): versionId is string {
  return versionId !== null && versionId !== "null";
}

/** HEAD of an object without a version id names none, where a listing has the text "null". */
export function isSameVersion(left: string | null, right: string | null): boolean {
  return (left ?? "null") === (right ?? "null");
}

/** Listings tell fractions of a second where HEAD cannot. */
export function isSameSecond(left: string | null, right: string | null): boolean {
  const [a, b] = [left, right].map((date) => Math.floor(Date.parse(date ?? "") / 1000));
  return a === b;
}

/** Whether an object that is listed now is the one that was seen. Its version is compared apart, since not every listing tells it. */
export function isSameObject(seen: Observation, listed: ListedFacts): boolean {
  return (
    seen.etag === listed.etag &&
    seen.sizeBytes === listed.sizeBytes &&
    isSameSecond(seen.lastModified, listed.lastModified)
  );
}

const NOT_WRITTEN_SINCE = "; an earlier run copied it, and nobody wrote to it since";

/** What an earlier run's copy changed stays told for as long as that copy is there. Pure. */
export function stillDiffers({
  differs,
}: Pick<BaselineEntry, "differs">): Pick<OutcomeRecord, "decision" | "outcome"> | null {
  if (differs === null) return null;
  const reason = "differs-after-copy";
  const detail = differs.endsWith(NOT_WRITTEN_SINCE) ? differs : `${differs}${NOT_WRITTEN_SINCE}`;
  return { decision: { kind: "none", reason }, outcome: { kind: "failed", reason, detail } };
}
