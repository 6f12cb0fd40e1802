/** An output of one of our constructs, its value not looked at yet. */
export interface FoundOutput {
  readonly output: string;
  readonly stack: string | null;
  readonly value: unknown;
}

/** Outputs from somewhere, and what was wrong there. */
export interface FoundOutputs {
  readonly outputs: readonly FoundOutput[];
  readonly problems: readonly string[];
}
