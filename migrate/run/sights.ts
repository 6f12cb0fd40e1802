import { RunError } from "../errors.js";
import type { SightRecord, Unseen } from "../journal/bucket-record.js";
import type { OnEvent } from "../journal/events.js";
import type { JournalWriter } from "../journal/journal-writer.js";
import type { RunFile } from "../journal/run-folder.js";
import type { Scope } from "../model/scope.js";
import { countOf, visibleText } from "../model/text.js";
import type { ResolvedOptions } from "../options/resolve-options.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import { describeFatal } from "./describe-fatal.js";

/** If one location of a run fails with one of these, all of them fail. */
const ENDS_ALL: ReadonlySet<StoreErrorKind> = new Set([
  "no-credentials",
  "invalid-credentials",
  "expired-credentials",
  "clock-skew",
  "unreachable",
  "tls",
  "wrong-scheme",
  "proxy",
  "interrupted",
  "read-only",
]);

const BECAUSE: Readonly<Partial<Record<StoreErrorKind, Unseen["because"]>>> = {
  "access-denied": "denied",
  "no-such-bucket": "absent",
  "not-found": "absent",
  "wrong-region": "other-region",
};

const ENDS_THE_RUN: ReadonlySet<StoreErrorKind> = new Set([
  "no-such-bucket",
  "no-credentials",
  "invalid-credentials",
  "expired-credentials",
  "clock-skew",
  "wrong-region",
  "unreachable",
  "tls",
  "wrong-scheme",
  "proxy",
  "listing-stuck",
  "interrupted",
]);

/** A setting that cannot be read is a finding. The objects are examined anyway. */
export function unreadable(error: unknown): "unreadable" {
  if (!(error instanceof StoreError) || ENDS_THE_RUN.has(error.kind)) throw error;
  return "unreadable";
}

/** A name that no two locations share, because no bucket name contains a slash. */
export function nameOf({ bucket, prefix }: Scope): string {
  return `${bucket}/${prefix}`;
}

interface Where {
  readonly options: Pick<ResolvedOptions, "endpoint" | "region" | "profile">;
  /** The bucket is in another region than the run's, so its refusals say nothing about the others. */
  readonly isElsewhere?: boolean | undefined;
}

/** Why the run continues without a location that cannot be seen; `null` if the error ends the run. */
export function unseenBy(thrown: unknown, bucket: string, { options, isElsewhere }: Where): Unseen | null {
  if (thrown instanceof RunError) {
    return thrown.ofLocation === null ? null : { because: thrown.ofLocation, detail: thrown.message };
  }
  if (!(thrown instanceof StoreError)) return null;
  if (ENDS_ALL.has(thrown.kind) && (!isElsewhere || thrown.kind === "interrupted")) return null;
  const { endpoint, region, profile } = options;
  const detail = describeFatal(thrown, { endpoint, region, bucket, profile });
  return { because: BECAUSE[thrown.kind] ?? "other", detail };
}

interface SightTools {
  readonly options: Where["options"];
  /** The regions of the buckets that are not in the run's own region. */
  readonly regions: ReadonlyMap<string, string>;
  readonly journal: Pick<JournalWriter, "append">;
  readonly onEvent: OnEvent;
  readonly now: () => Date;
  /** Once one of them fires, a thrown error ends the run. */
  readonly signals: readonly (AbortSignal | undefined)[];
}

/**
 * The locations of a run that could not be seen. A cause that ends one of them ends the run only if it ends
 * all.
 */
export class Sights {
  readonly #scopes: readonly Scope[];
  readonly #tools: SightTools;
  readonly #missed = new Map<string, Unseen>();
  #at: string | null = null;

  constructor(scopes: readonly Scope[], tools: SightTools) {
    this.#scopes = scopes;
    this.#tools = tools;
  }

  /** The bucket of the last attempt. */
  get at(): string | null {
    return this.#at;
  }

  isSeen(scope: Scope): boolean {
    return !this.#missed.has(nameOf(scope));
  }

  seen(): readonly Scope[] {
    return this.#scopes.filter((scope) => this.isSeen(scope));
  }

  /** Records findings from before the journal existed. */
  async begin(unseen: ReadonlyMap<string, Unseen>): Promise<void> {
    for (const scope of this.#scopes) {
      const found = unseen.get(nameOf(scope));
      if (found !== undefined) await this.#note(scope, found);
    }
  }

  /**
   * Does work for some locations. If it fails for them, they count as not seen. Throws an error that ends the
   * run.
   */
  async attempt<T>(scopes: readonly Scope[], work: () => Promise<T>): Promise<T | null> {
    const bucket = scopes[0]?.bucket ?? "";
    this.#at = bucket;
    try {
      return await work();
    } catch (thrown) {
      const { options, regions, signals } = this.#tools;
      const isAlone = this.#scopes.length === scopes.length;
      const unseen = unseenBy(thrown, bucket, { options, isElsewhere: regions.has(bucket) });
      if (isAlone || unseen === null || signals.some((signal) => signal?.aborted)) throw thrown;
      for (const scope of scopes) await this.#note(scope, unseen);
      return null;
    }
  }

  /** Records that a location was seen completely after an earlier session could not see it. */
  async seenAfterAll({ bucket, prefix }: Scope): Promise<void> {
    await this.#tools.journal.append(this.#record({ bucket, prefix }, null));
  }

  /** A run that could see nothing at all must not report anything. */
  refuseIfNone(): void {
    if (this.seen().length > 0) return;
    const reasons = [...new Set([...this.#missed.values()].map(({ detail }) => detail))];
    throw new RunError(reasons.join("\n"));
  }

  async #note({ bucket, prefix }: Scope, unseen: Unseen): Promise<void> {
    const scope = { bucket, prefix };
    this.#missed.set(nameOf(scope), unseen);
    this.#tools.onEvent({ kind: "unseen", scope, unseen });
    await this.#tools.journal.append(this.#record(scope, unseen));
  }

  #record(scope: Scope, unseen: Unseen | null): SightRecord {
    return { kind: "sight", ...scope, unseen, at: this.#tools.now().toISOString() };
  }
}

interface Repeated {
  entries: number;
  readonly firstKey: string;
}

/** Counts the entries that the listings of each bucket showed more than once. */
export function createRepeats(runFile: RunFile, onEvent: OnEvent) {
  const buckets = new Map<string, Repeated>();
  return {
    add: ({ bucket, key }: { readonly bucket: string; readonly key: string }): void => {
      const known = buckets.get(bucket) ?? { entries: 0, firstKey: key };
      known.entries += 1;
      buckets.set(bucket, known);
    },
    /** Resolves once run.json has a warning for each bucket with such entries. */
    note: async (): Promise<void> => {
      for (const [bucket, { entries, firstKey }] of buckets) {
        const times = countOf(entries, "entry", "entries");
        const warning = `the listing showed ${times} more than once, the first "${visibleText(firstKey)}": each object was counted once`;
        onEvent({ kind: "bucket-warning", bucket, warning });
        await runFile.note(bucket, () => ({ warnings: [warning] }));
      }
      buckets.clear();
    },
  };
}
