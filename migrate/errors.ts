import installed from "../package.json" with { type: "json" };

/** `canary`: a test object did not come through its copy. `interrupted`: its signal fired. `store`: whatever else ends a run. */
export type RunErrorBecause = "store" | "canary" | "interrupted";

/** An error that ends one location of a run, and does not affect the others. */
type OfLocation = "no-copies" | "all-failed";

interface RunErrorOptions extends ErrorOptions {
  readonly runDir?: string;
  readonly because?: RunErrorBecause;
  readonly ofLocation?: OfLocation | undefined;
}

/** A run that could not begin or go on. Its message is for the person who started it, one problem a line. */
export class RunError extends Error {
  override readonly name = "RunError";
  /** The folder with the results so far; `null` if there are none. */
  readonly runDir: string | null;

  readonly because: RunErrorBecause;
  /** `null`: it ends the whole run. */
  readonly ofLocation: OfLocation | null;

  constructor(message: string, { runDir, because, ofLocation, ...options }: RunErrorOptions = {}) {
    super(message, options);
    this.runDir = runDir ?? null;
    this.because = because ?? "store";
    this.ofLocation = ofLocation ?? null;
  }
}

/** A file that the disk did not take: it is full, broken or read-only. */
export class WriteError extends Error {
  override readonly name = "WriteError";
  readonly path: string;
  /** As the system names the reason: ENOSPC, EDQUOT, EIO and the like. */
  readonly code: string;
  /** Whether it is no file of a run folder, but one that helps to make them. */
  readonly isTemporary: boolean;

  constructor(
    path: string,
    code: string,
    cause: unknown,
    wayOut = "free some space, or repair the disk",
    isTemporary = false,
  ) {
    super(`"${path}" cannot be written (${code}): ${wayOut}`, { cause });
    this.path = path;
    this.code = code;
    this.isTemporary = isTemporary;
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

export const TOOL_VERSION = installed.version;
