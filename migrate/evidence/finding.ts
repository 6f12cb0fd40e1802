import { countOf, moreWrong, visibleText } from "../model/text.js";
import type { TimestampCheck } from "./timestamp-token.js";

/** A difference from the state in which the run left its folder, or a contradiction within the folder. */
export type Finding =
  | { readonly kind: "manifest-missing"; readonly path: string }
  | { readonly kind: "manifest-invalid"; readonly path: string; readonly problem: string }
  | { readonly kind: "manifest-rewritten"; readonly path: string }
  /** `holds`: the other file whose size and digest in the manifest match this file. */
  | { readonly kind: "file-changed"; readonly path: string; readonly problem: string; readonly holds?: string }
  | { readonly kind: "file-missing"; readonly path: string }
  /** `is`: the type of the entry if it is not a regular file. */
  | { readonly kind: "file-extra"; readonly path: string; readonly holds?: string; readonly is?: string }
  /** `sha256` is the digest of the existing manifest; `null` if there is none. */
  | {
      readonly kind: "manifest-not-signed";
      readonly path: string;
      readonly sha256: string | null;
      readonly signed: string;
    }
  | { readonly kind: "signature-missing"; readonly path: string }
  | { readonly kind: "signature-unreadable"; readonly path: string; readonly problem: string }
  | { readonly kind: "signature-of-something-else"; readonly path: string; readonly problem: string }
  | { readonly kind: "signature-wrong"; readonly path: string; readonly keyid: string }
  | { readonly kind: "signature-misnamed"; readonly path: string; readonly keyid: string; readonly says: string }
  | {
      readonly kind: "signature-not-by-key";
      readonly path: string;
      readonly keyid: string;
      readonly by: readonly string[];
    }
  | { readonly kind: "timestamp-missing"; readonly path: string; readonly keyid: string }
  | { readonly kind: "timestamp-wrong"; readonly path: string; readonly keyid: string; readonly problem: string }
  | { readonly kind: "timestamp-untrusted"; readonly path: string; readonly keyid: string; readonly authority: string }
  | { readonly kind: "statement-differs"; readonly path: string; readonly problem: string }
  | { readonly kind: "file-invalid"; readonly path: string; readonly problem: string }
  | { readonly kind: "run-not-ended"; readonly path: string; readonly command: string }
  | {
      readonly kind: "run-stopped";
      readonly path: string;
      readonly command: string;
      readonly end: "interrupted" | "aborted";
    }
  | { readonly kind: "lock-left"; readonly path: string }
  | { readonly kind: "part-left"; readonly path: string }
  | { readonly kind: "chain-broken"; readonly path: string; readonly problem: string }
  | { readonly kind: "tree-differs"; readonly path: string; readonly problem: string }
  | { readonly kind: "leaves-differ"; readonly path: string }
  /** `object` is the object that the line names now; `was` is the line's original number. */
  | (LineFinding & { readonly kind: "line-edited"; readonly was: number })
  | (LineFinding & { readonly kind: "line-moved"; readonly was: number })
  | (LineFinding & { readonly kind: "lines-added"; readonly to: number })
  | { readonly kind: "lines-removed"; readonly path: string; readonly line: number; readonly to: number }
  | { readonly kind: "line-ends-changed"; readonly path: string; readonly count: number }
  | { readonly kind: "line-cut-off"; readonly path: string; readonly line: number }
  | { readonly kind: "line-invalid"; readonly path: string; readonly line: number; readonly problem: string }
  | { readonly kind: "line-contradicts-itself"; readonly path: string; readonly line: number; readonly problem: string }
  | { readonly kind: "line-out-of-scope"; readonly path: string; readonly line: number; readonly problem: string }
  | { readonly kind: "more-lines"; readonly path: string; readonly count: number }
  | { readonly kind: "summary-differs"; readonly path: string; readonly problem: string }
  | { readonly kind: "totals-open"; readonly path: string; readonly problem: string }
  | { readonly kind: "report-differs"; readonly path: string };

interface LineFinding {
  readonly path: string;
  readonly line: number;
  readonly object: string | null;
}

type FindingKind = Finding["kind"];

const WORDS: { readonly [K in FindingKind]: (finding: Extract<Finding, { kind: K }>) => string } = {
  "manifest-missing": () => "the manifest is missing, so the files cannot be checked",
  "manifest-invalid": ({ problem }) => `the manifest cannot be read: ${problem}`,
  "manifest-rewritten": () => "it was edited: a run writes the same content in a different format",
  "file-changed": ({ problem, holds }) => `differs from manifest.json: ${problem}${holdsWords(holds)}`,
  "file-missing": () => "missing",
  "file-extra": ({ holds, is }) =>
    is === undefined
      ? `not listed in the manifest${holdsWords(holds)}`
      : `it is ${is}, which a run never writes: it was not opened`,
  "manifest-not-signed": ({ sha256, signed }) =>
    sha256 === null
      ? `the manifest is missing, but one was signed: SHA-256 ${signed}`
      : `it is not the manifest that was signed: SHA-256 ${sha256} now, ${signed} signed`,
  "signature-missing": () => "there is no signature, but a public key or a certificate was given to check one",
  "signature-unreadable": ({ problem }) => `the signature cannot be read: ${problem}`,
  "signature-of-something-else": ({ problem }) => `what was signed is not the statement of a run: ${problem}`,
  "signature-wrong": ({ keyid }) =>
    `the signature is not valid: key ${keyid} did not sign this, or it was changed since`,
  "signature-misnamed": ({ keyid, says }) => `the signature is by key ${keyid}, but claims to be by ${says}`,
  "signature-not-by-key": ({ keyid, by }) => `the given key ${keyid} did not sign this: ${by.join(", ")} did`,
  "timestamp-missing": ({ keyid }) =>
    `the signature by key ${keyid} has no time stamp, but the certificate of an authority was given to check one`,
  "timestamp-wrong": ({ keyid, problem }) => `the time stamp of the signature by key ${keyid} is not valid: ${problem}`,
  "timestamp-untrusted": ({ keyid, authority }) =>
    `the time stamp of the signature by key ${keyid} is by "${authority}", for which none of the given certificates vouches`,
  "statement-differs": ({ problem }) => `the signed statement does not match the run folder: ${problem}`,
  "file-invalid": ({ problem }) => `cannot be read: ${problem}`,
  "run-not-ended": ({ command }) =>
    `the run has not ended, or was killed: continue it with bucketseal ${command} --resume --out and this folder; it then writes its reports`,
  "run-stopped": ({ command, end }) =>
    `the run was ${end} before its end: continue it with bucketseal ${command} --resume --out and this folder, and its --endpoint or --provider`,
  "lock-left": () =>
    "a process is using this folder, or was killed while it did: wait for it, or delete the file if there is none",
  "part-left": () => "a command was killed while it wrote this: write the reports again, or delete the file",
  "chain-broken": ({ problem }) => `the journal is inconsistent: ${problem}`,
  "tree-differs": ({ problem }) => `it was not made from this journal: ${problem}`,
  "leaves-differ": () => "does not contain the hashes of the journal's lines",
  "line-edited": ({ line, was, object }) => `line ${line}${objectWords(object)} was edited${wasElsewhere(line, was)}`,
  "line-moved": ({ line, was, object }) => `line ${line}${objectWords(object)} was line ${was}`,
  "lines-added": ({ line, to, object }) =>
    line === to ? `line ${line}${objectWords(object)} was added` : `lines ${line} to ${to} were added`,
  "lines-removed": ({ line, to }) => (line === to ? `line ${line} was removed` : `lines ${line} to ${to} were removed`),
  "line-ends-changed": ({ count }) =>
    `${countOf(count, "line")} with another line ending than LF: the file was converted, or cut`,
  "line-cut-off": ({ line }) =>
    `line ${line} was cut off when the run was killed, before it was reported as written: a resumed run drops it`,
  "line-invalid": ({ line, problem }) => `line ${line} is not a journal record: ${problem}`,
  "line-contradicts-itself": ({ line, problem }) => `line ${line} contradicts itself: ${problem}`,
  "line-out-of-scope": ({ line, problem }) => `line ${line} is outside the scope of the run: ${problem}`,
  "more-lines": ({ count }) => moreWrong(count),
  "summary-differs": ({ problem }) => `differs from the totals of the journal: ${problem}`,
  "totals-open": ({ problem }) => `the totals do not add up: ${problem}`,
  "report-differs": () => "differs from what the journal produces",
};

function holdsWords(holds: string | undefined): string {
  return holds === undefined ? "" : `; its content is that of ${holds}`;
}

function objectWords(object: string | null): string {
  return object === null ? "" : ` (${object})`;
}

function wasElsewhere(line: number, was: number): string {
  return line === was ? "" : `, and was line ${was}`;
}

/** The finding on one line, beginning with the file. Safe to print whatever the file name contains. */
export function findingWords(finding: Finding): string {
  const words = WORDS[finding.kind] as (finding: Finding) => string;
  return visibleText(`${finding.path}: ${words(finding)}`);
}

/** Findings that a stopped or killed run or command leaves. They show how far it came, not that the folder was changed. */
const STOP_FINDINGS: ReadonlySet<Finding["kind"]> = new Set([
  "run-not-ended",
  "run-stopped",
  "line-cut-off",
  "lock-left",
  "part-left",
]);

export function isOfStop({ kind }: Pick<Finding, "kind">): boolean {
  return STOP_FINDINGS.has(kind);
}

/** `stopped`: the folder is unchanged, but the run, or a later command, did not finish. */
export type RunVerdict = "intact" | "stopped" | "not-intact";

/** Summarises findings: `intact` without any, and `stopped` if all of them come from a stopped run or command. */
export function verdictOf(findings: readonly Finding[]): RunVerdict {
  if (findings.length === 0) return "intact";
  return findings.every(isOfStop) ? "stopped" : "not-intact";
}

/** A check that was skipped, and the reason. */
export interface SkippedCheck {
  readonly check: "lines" | "summary" | "reports";
  readonly because: string;
}

/** The result of checking a run folder. No findings means intact. */
export interface RunCheck {
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedCheck[];
  /** Number of files and lines checked. */
  readonly checked: { readonly files: number; readonly journalLines: number };
  /** Identifies the folder. */
  readonly seal: {
    /** The SHA-256 of the manifest; `null` if there is none. */
    readonly manifestSha256: string | null;
    readonly signature: SignatureCheck;
    /** The valid time stamps of its signatures. */
    readonly timestamps: readonly TimestampCheck[];
  };
}

/** The result of checking the signatures of a run folder. */
export type SignatureCheck =
  | { readonly kind: "unsigned" }
  /** No public key was given. `keyids` are those that the signatures claim. */
  | { readonly kind: "unchecked"; readonly keyids: readonly string[] }
  /** The signatures of all given public keys are valid. The signatures of other keys were not checked. */
  | { readonly kind: "valid"; readonly keyids: readonly string[]; readonly unchecked: readonly string[] }
  /** A finding has the reason. */
  | { readonly kind: "invalid" };
