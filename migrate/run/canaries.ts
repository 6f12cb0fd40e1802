import { canary } from "../canary/canary.js";
import { RunError } from "../errors.js";
import type { StrategyName } from "../journal/record.js";
import type { BucketFindings, Scope } from "../journal/run-record.js";
import type { CustomerKey } from "../keys/customer-key.js";
import type { CopyingRoad, Road } from "../road/road.js";
import { StoreError } from "../store/store-error.js";
import type { Touched } from "./touched.js";

type CanaryFinding = NonNullable<BucketFindings["canary"]>;

/** One canary a bucket and way of copying, and one more from under a customer key, when its first object is about to be copied: a run with nothing to copy writes nothing. */
export class Canaries {
  readonly #scopes: readonly Scope[];
  readonly #road: CopyingRoad;
  readonly #capabilitiesOf: Road["capabilitiesOf"];
  readonly #touched: Pick<Touched, "words">;
  readonly #tries = new Map<string, Promise<string | null>>();
  readonly #found = new Map<string, CanaryFinding[]>();

  constructor(
    scopes: readonly Scope[],
    road: CopyingRoad,
    capabilitiesOf: Road["capabilitiesOf"],
    touched: Pick<Touched, "words">,
  ) {
    this.#scopes = scopes;
    this.#road = road;
    this.#capabilitiesOf = capabilitiesOf;
    this.#touched = touched;
  }

  /** Resolves with the canary's owner once it came through; rejects with a RunError for everybody who waits, if it did not. */
  readonly before: Road["beforeCopy"] = (bucket, strategy, sourceKey) => {
    const way = JSON.stringify([bucket, strategy, sourceKey === null ? "plain" : "under a key"]);
    const known = this.#tries.get(way) ?? this.#try(bucket, strategy, sourceKey);
    this.#tries.set(way, known);
    return known;
  };

  foundIn(bucket: string): CanaryFinding | undefined {
    const [first, ...others] = this.#found.get(bucket) ?? [];
    if (first === undefined) return undefined;
    const passed = [first, ...others].find(({ result }) => result === "passed") ?? first;
    return { result: passed.result, detail: [first, ...others].map(({ detail }) => detail).join("; ") };
  }

  async #try(bucket: string, strategy: StrategyName, sourceKey: CustomerKey | null): Promise<string | null> {
    const prefix = this.#scopes.find((scope) => scope.bucket === bucket)?.prefix ?? "";
    const road = { ...this.#road, capabilities: await this.#capabilitiesOf(bucket) };
    const { kind, detail, leftBehind, ownerId } = await canaryOf({ bucket, prefix }, strategy, road, sourceKey);
    const words = leftBehind === null ? detail : `${detail}; ${leftBehind}`;
    if (kind === "failed") {
      const message = `the canary object in bucket "${bucket}" failed: ${words}; ${this.#touched.words()}`;
      throw new RunError(message, { because: "canary" });
    }
    this.#found.set(bucket, [...(this.#found.get(bucket) ?? []), { result: kind, detail: words }]);
    return ownerId;
  }
}

async function canaryOf(scope: Scope, strategy: StrategyName, road: CopyingRoad, sourceKey: CustomerKey | null) {
  try {
    return await canary(scope, strategy, road, sourceKey);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return {
      kind: "failed" as const,
      detail: `it could not be put: ${error.message}`,
      leftBehind: null,
      ownerId: null,
    };
  }
}
