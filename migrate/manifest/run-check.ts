import type { SignatureCheck } from "../signature/signature-check.js";
import type { Finding } from "./finding.js";

/** What a run that was stopped or killed leaves, and a command that was: how far it came, and no change of the folder. */
const OF_A_STOP: ReadonlySet<Finding["kind"]> = new Set([
  "run-not-ended",
  "run-stopped",
  "line-cut-off",
  "lock-left",
  "part-left",
]);

export function isOfStop({ kind }: Pick<Finding, "kind">): boolean {
  return OF_A_STOP.has(kind);
}

/** `stopped`: nothing was changed, and the run, or a command after it, did not come to its end. */
export type RunVerdict = "intact" | "stopped" | "not-intact";

export function verdictOf(findings: readonly Finding[]): RunVerdict {
  if (findings.length === 0) return "intact";
  return findings.every(isOfStop) ? "stopped" : "not-intact";
}

/** A check that was left out, and why. */
export interface SkippedCheck {
  readonly check: "lines" | "summary" | "reports";
  readonly because: string;
}

/** What a look at a run folder found; no findings means intact. */
export interface RunCheck {
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedCheck[];
  /** How much was looked at. */
  readonly checked: { readonly files: number; readonly journalLines: number };
  /** What the folder is known by. */
  readonly seal: {
    /** The SHA-256 of the manifest; `null` where there is none. */
    readonly manifestSha256: string | null;
    readonly signature: SignatureCheck;
  };
}
