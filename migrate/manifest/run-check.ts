import type { SignatureCheck } from "../signature/signature-check.js";
import type { Finding } from "./finding.js";

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
