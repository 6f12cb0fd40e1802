import type { Attempt } from "../journal/in-flight.js";
import { type Capabilities, capabilitiesFor } from "../model/capabilities.js";
import { REASON_WORDS, type RefuseReason } from "../model/reason.js";
import type { StrategyName } from "../model/strategy.js";
import { fallThrough, type Strategy, whyNot } from "../plan/strategies.js";
import { StoreError } from "../store/store-error.js";
import { type CarriedInspection, inspectCarried, readOnce } from "./carried.js";
import { tagsLeftOver } from "./copy-headers.js";
import type { Copied, CopyJob } from "./copy-job.js";
import { multipartCopy, PartsUnknown } from "./multipart-copy.js";
import { rewrite } from "./rewrite.js";
import { replacingCopy, singleCopy } from "./single-copy.js";
import { putLeftOverTags } from "./tags-after-copy.js";

export type CopyResult =
  | {
      readonly kind: "copied";
      readonly copied: Copied;
      readonly strategy: StrategyName;
      readonly carried: CopyJob["carried"];
      /** Which other ways the store refused. */
      readonly notes: readonly string[];
    }
  | { readonly kind: "refused"; readonly reason: RefuseReason; readonly detail: string };

const COPY_BY: Readonly<Record<StrategyName, (job: CopyJob) => Promise<Copied>>> = {
  copy: singleCopy,
  "copy-replacing": replacingCopy,
  "copy-multipart": multipartCopy,
  rewrite,
};

export type PlainJob = Omit<CopyJob, "carried"> & {
  /** Awaited before the first call that writes. Resolves with what is known of the store by then; `null` for nothing new. */
  readonly beforeCopy?: (strategy: StrategyName) => Promise<Capabilities | null>;
  /** Awaited too: whoever goes on after a kill must know of it. */
  readonly onAttempt?: (attempt: Attempt) => Promise<void>;
};

/**
 * Copies by the first strategy that the store takes. One that it refuses as a whole changes nothing, so that the next may
 * be tried. Rejects with the first refusal where none is left, and with any other error at once.
 */
export async function copyInPlace(job: PlainJob, strategies: readonly Strategy[]): Promise<CopyResult> {
  const notes: string[] = [];
  let first: Refused | null = null;
  let [strategy, ...others] = strategies;
  while (strategy !== undefined) {
    const tried = await tryStrategy(job, strategy.name);
    if (tried.kind === "copied") return { ...tried, notes };
    first ??= tried;
    notes.push(
      `not by ${strategy.name}: ${tried.kind === "refused" ? REASON_WORDS[tried.reason] : tried.error.message}`,
    );
    const open = tried.kind === "refused" ? others : (fallThrough(tried.error, others) ?? []);
    [strategy, ...others] = open;
  }
  if (first?.kind === "refused") return first;
  throw first?.error ?? new Error("there was no strategy to copy by");
}

type Refused = Exclude<Tried, { kind: "copied" }>;
type Tried = CopyResult | { readonly kind: "fell-through"; readonly error: StoreError };

async function tryStrategy(given: PlainJob, strategy: StrategyName): Promise<Tried> {
  const { facts } = given;
  const reads = readOnce(given.store);
  const seen = await inspectCarried(reads, facts, strategy, given);
  if (seen.kind === "refused") return refused(seen);
  const latest = (await given.beforeCopy?.(strategy)) ?? null;
  const plain = latest === null ? given : { ...given, capabilities: latest };
  // A test object, or another real one, may have lost by this way what the object has.
  const closed = latest === null ? null : whyNot(strategy, facts, plain.policy, latest);
  if (closed !== null) return { kind: "refused", reason: closed, detail: `${strategy} was seen to lose it` };
  // Whose the copy will be decides what is sent with it, and may not have been known before.
  const inspection = await inspectCarried(reads, facts, strategy, plain);
  if (inspection.kind === "refused") return refused(inspection);
  const capabilities = capabilitiesFor(facts, plain.policy.target, plain.capabilities);
  const job: CopyJob = { ...plain, capabilities, carried: inspection.carried };
  await plain.onAttempt?.({ facts, carried: job.carried, strategy });
  try {
    const intent = await tellIntent(job, strategy);
    const copied = await COPY_BY[strategy]({ ...job, intent });
    await putLeftOverTags(job, strategy, copied);
    return { kind: "copied", copied, strategy, carried: job.carried, notes: [] };
  } catch (error) {
    if (error instanceof PartsUnknown) return { kind: "refused", reason: "etag-cannot-be-kept", detail: error.message };
    if (error instanceof StoreError && fallThrough(error, []) !== null) return { kind: "fell-through", error };
    throw error;
  }
}

function refused({ reason, error }: Extract<CarriedInspection, { kind: "refused" }>): Tried {
  return { kind: "refused", reason, detail: error.message };
}

/** Whoever goes on after a crash must know of uploads that may be open, and of tags that stand nowhere else. */
async function tellIntent(job: CopyJob, strategy: StrategyName): Promise<CopyJob["intent"]> {
  const { store, facts, carried, capabilities } = job;
  const tagsToPut = tagsLeftOver(strategy, carried, capabilities);
  if (strategy !== "copy-multipart" && tagsToPut.length === 0) return undefined;
  const at = new Date().toISOString();
  const { bucket, key, etag, sizeBytes } = facts;
  const otherUploads = strategy === "copy-multipart" ? await openUploadsOf(store, { bucket, key }) : null;
  await job.onIntent({ bucket, key, strategy, etag, sizeBytes, tagsToPut: [...tagsToPut], otherUploads });
  return { bucket, key, otherUploads, at };
}

/** Ids of the uploads to this very key; `null` where they cannot be listed. */
async function openUploadsOf(store: CopyJob["store"], { bucket, key }: { bucket: string; key: string }) {
  try {
    const open = await store.listOpenUploads({ bucket, prefix: key });
    return open.filter((upload) => upload.key === key).map(({ uploadId }) => uploadId);
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}
