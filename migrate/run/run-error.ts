/** A run that could not begin or go on. Its message is for the person who started it. */
export class RunError extends Error {
  override readonly name = "RunError";
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
