import { canary } from "../canary/canary.js";
import { RunError } from "../errors.js";
import type { BucketFindings, Scope } from "../journal/run-record.js";
import type { CopyingRoad, Road } from "../road/road.js";
import { StoreError } from "../store/store-error.js";

type CanaryFinding = NonNullable<BucketFindings["canary"]>;

/** One canary a bucket, when its first object is about to be copied: a run with nothing to copy writes nothing. */
export class Canaries {
  readonly #scopes: readonly Scope[];
  readonly #road: CopyingRoad;
  readonly #capabilitiesOf: Road["capabilitiesOf"];
  readonly #tries = new Map<string, Promise<void>>();
  readonly #found = new Map<string, CanaryFinding>();

  constructor(scopes: readonly Scope[], road: CopyingRoad, capabilitiesOf: Road["capabilitiesOf"]) {
    this.#scopes = scopes;
    this.#capabilitiesOf = capabilitiesOf;
    this.#road = road;
  }

  /** Resolves once the bucket's canary came through; rejects with a RunError for everybody who waits, if it did not. */
  before(bucket: string): Promise<void> {
    const known = this.#tries.get(bucket) ?? this.#try(bucket);
    this.#tries.set(bucket, known);
    return known;
  }

  foundIn(bucket: string): CanaryFinding | undefined {
    return this.#found.get(bucket);
  }

  async #try(bucket: string): Promise<void> {
    const prefix = this.#scopes.find((scope) => scope.bucket === bucket)?.prefix ?? "";
    const road = { ...this.#road, capabilities: await this.#capabilitiesOf(bucket) };
    const { kind, detail, leftBehind } = await canaryOf({ bucket, prefix }, road);
    const words = leftBehind === null ? detail : `${detail}; ${leftBehind}`;
    if (kind === "failed") {
      throw new RunError(`the canary object in bucket "${bucket}" failed: ${words}; no other object was touched`);
    }
    this.#found.set(bucket, { result: kind, detail: words });
  }
}

async function canaryOf(scope: Scope, road: CopyingRoad) {
  try {
    return await canary(scope, road);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { kind: "failed" as const, detail: `it could not be put: ${error.message}`, leftBehind: null };
  }
}
