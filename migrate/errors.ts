/** A run that could not begin or go on. Its message is for the person who started it, one problem a line. */
export class RunError extends Error {
  override readonly name = "RunError";
  /** Where what was done until then can be read; `null` where nothing was done. */
  readonly runDir: string | null;

  constructor(message: string, { runDir, ...options }: ErrorOptions & { readonly runDir?: string } = {}) {
    super(message, options);
    this.runDir = runDir ?? null;
  }
}

/** Options that cannot be used, all of them together. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}
