import type { AuditOptions, MigrateOptions } from "./options/run-options.js";
import { executeRun, type RunResult } from "./run/execute-run.js";

export type { Change, Difference } from "./compare/compare-key.js";
export type { ComparedLine, LiveCheck, LiveKind } from "./compare/compare-live.js";
export { type ComparedRun, type DiffOptions, type DiffResult, type DiffTotals, diffRuns } from "./compare/diff-runs.js";
export { RunError, TOOL_VERSION, UsageError, WriteError } from "./errors.js";
export { type CheckRunOptions, checkRun } from "./evidence/check-run.js";
export {
  type Finding,
  findingWords,
  type RunCheck,
  type RunVerdict,
  type SignatureCheck,
  verdictOf,
} from "./evidence/finding.js";
export { type Proof, type ProvenLine, type ProveOptions, proveKey } from "./evidence/prove-key.js";
export type { TimestampCheck } from "./evidence/timestamp-token.js";
export type { OnEvent, ProgressEvent } from "./journal/events.js";
export { readJournal } from "./journal/read-journal.js";
export type { CheckpointRecord, JournalRecord, Observation, Outcome, OutcomeRecord } from "./journal/record.js";
export type { BucketFindings, RunRecord } from "./journal/run-record.js";
export { createKeyFile, type KeyFile } from "./keys/key-files.js";
export { type PublicKey, readPublicKey, readPublicKeys } from "./keys/public-key.js";
export type { SignOptions } from "./keys/signing-key.js";
export type { EncryptionState, Evidence } from "./model/encryption.js";
export type { Loss } from "./model/object.js";
export type {
  ConfirmPlan,
  ConfirmRemoval,
  EtagPolicy,
  Plan,
  Race,
  RemovalFound,
  VersionTreatment,
} from "./model/policy.js";
export type { Reason } from "./model/reason.js";
export type { Scope } from "./model/scope.js";
export { type DeclaredBucket, type DeclaredBuckets, readDeclaredBuckets } from "./options/declared-buckets.js";
export type { NamedText, TargetsSource } from "./options/read-outputs.js";
export { optionProblems } from "./options/resolve-options.js";
export type {
  AuditOptions,
  GivenOptions,
  Instant,
  MigrateOptions,
  NetworkOptions,
  RunOptions,
  Size,
} from "./options/run-options.js";
export type { Answer as ProbedFinding, Evidence as ProbeEvidence, NotObservable, Topic } from "./probe/answer.js";
export type { Leftover } from "./probe/clean-up.js";
export { probedCapabilities } from "./probe/probed-capabilities.js";
export type { ProbeAnswer as ProbeFinding, ProbeResult } from "./probe/words.js";
export type { ReportFormatName } from "./report/formats.js";
export type { Summary, Totals } from "./report/summary.js";
export type { Tally } from "./report/tally.js";
export type { Verdict } from "./report/verdict.js";
export {
  type RewriteOptions,
  type Rewritten,
  rewriteReports,
  type SignedRun,
  type SignRunOptions,
  signRun,
} from "./run/amend-run.js";
export type { Seal } from "./run/close-run.js";
export type { RunResult } from "./run/execute-run.js";
export { type ProbeOptions, probe } from "./run/probe.js";
export { type VerifyLiveOptions, verifyLive } from "./run/verify-live.js";
export type { Credentials } from "./store/sdk/open-client.js";

/**
 * Copies every unencrypted object onto itself with SSE-S3, and says of every object what was done.
 * What goes wrong with one object is an outcome in the journal and ends nothing.
 *
 * @throws UsageError when options cannot be used: all of them together, before anything is done
 * @throws RunError when a bucket cannot be read at all, or the run cannot go on
 */
export function migrate(options: MigrateOptions): Promise<RunResult> {
  return executeRun("migrate", options);
}

/**
 * Says of every object whether it is encrypted, and on what evidence. Cannot write to the store.
 *
 * @throws UsageError when options cannot be used: all of them together, before anything is done
 * @throws RunError when a bucket cannot be read at all, or the run cannot go on
 */
export function audit(options: AuditOptions): Promise<RunResult> {
  return executeRun("audit", options);
}
