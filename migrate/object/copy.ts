import { type Capabilities, capabilitiesFor } from "../model/capabilities.js";
import type { CarriedFacts } from "../model/object.js";
import { REASON_WORDS, type RefuseReason, type StrategyName } from "../model/reason.js";
import { fallThrough, whyNot } from "../plan/strategies.js";
import type { Tag } from "../store/answers.js";
import { StoreError } from "../store/store-error.js";
import { type CarriedInspection, inspectCarried, readOnce } from "./carried.js";
import { replacingCopy, singleCopy, tagsLeftOver } from "./copy-headers.js";
import type { Copied, CopyAttempt, CopyJob } from "./copy-job.js";
import { multipartCopy, PartsUnknown } from "./multipart-copy.js";
import { putLeftOverTags } from "./read-back.js";
import { rewrite } from "./rewrite.js";
import { updateEncryption } from "./update-encryption.js";

export type CopyResult =
  | {
      readonly kind: "copied";
      readonly copied: Copied;
      readonly strategy: StrategyName;
      readonly carried: CarriedFacts;
      /** The other strategies that the store refused. */
      readonly notes: readonly string[];
    }
  | { readonly kind: "refused"; readonly reason: RefuseReason; readonly detail: string };

const COPY_BY: Readonly<Record<StrategyName, (attempt: CopyAttempt) => Promise<Copied>>> = {
  copy: singleCopy,
  "copy-replacing": replacingCopy,
  "copy-multipart": multipartCopy,
  rewrite,
  "update-encryption": updateEncryption,
};

/**
 * Copies with the first strategy that the store accepts. If the store refuses a strategy as a whole, nothing
 * has changed, and the next one may be tried. Rejects with the first refusal if no strategy is left. Rejects
 * with any other error at once.
 */
export async function copyInPlace(job: CopyJob): Promise<CopyResult> {
  const notes: string[] = [];
  let first: Refused | null = null;
  let [strategy, ...others] = job.strategies;
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

type Refused = Exclude<StrategyResult, { kind: "copied" }>;
type StrategyResult = CopyResult | { readonly kind: "fell-through"; readonly error: StoreError };

async function tryStrategy(job: CopyJob, strategy: StrategyName): Promise<StrategyResult> {
  const { facts, context } = job;
  const { policy } = context;
  const reads = readOnce(job.store, strategy === job.strategies[0]?.name ? job.earlyAcl : undefined);
  const seen = await inspectCarried(reads, facts, strategy, { capabilities: job.capabilities, policy });
  if (seen.kind === "refused") return refused(seen);
  const known = (await job.beforeCopy?.(strategy)) ?? job.capabilities;
  // A test object or another real one may have lost a property in this way that this object has.
  const isNew = known !== job.capabilities;
  const closed = isNew ? whyNot(strategy, facts, policy, known) : null;
  if (closed !== null) return { kind: "refused", reason: closed, detail: `${strategy} has lost it` };
  // The owner of the copy decides what is sent with it, and may not have been known before.
  const inspection = isNew ? await inspectCarried(reads, facts, strategy, { capabilities: known, policy }) : seen;
  if (inspection.kind === "refused") return refused(inspection);
  const { carried } = inspection;
  await job.onBegun?.({ facts, carried, strategy });
  return applyStrategy(job, strategy, carried, capabilitiesFor(facts, policy.target, known));
}

async function applyStrategy(
  job: CopyJob,
  strategy: StrategyName,
  carried: CarriedFacts,
  capabilities: Capabilities,
): Promise<StrategyResult> {
  try {
    const intent = await recordIntent(job, strategy, tagsLeftOver(strategy, carried, capabilities));
    const copied = await COPY_BY[strategy]({ job, strategy, carried, capabilities, intent });
    await putLeftOverTags(job.store, { facts: job.facts, carried, strategy }, capabilities, copied.versionId);
    return { kind: "copied", copied, strategy, carried, notes: [] };
  } catch (error) {
    if (error instanceof PartsUnknown) return { kind: "refused", reason: "etag-cannot-be-kept", detail: error.message };
    if (error instanceof StoreError && fallThrough(error, []) !== null) return { kind: "fell-through", error };
    throw error;
  }
}

function refused({ reason, error }: Extract<CarriedInspection, { kind: "refused" }>): StrategyResult {
  return { kind: "refused", reason, detail: error.message };
}

/**
 * A session that continues after a crash must know about uploads that may be open, and about tags that are
 * stored nowhere else.
 */
async function recordIntent(
  { store, facts, context, onto }: CopyJob,
  strategy: StrategyName,
  tagsLeft: readonly Tag[],
): Promise<CopyAttempt["intent"]> {
  if (strategy !== "copy-multipart" && tagsLeft.length === 0) return undefined;
  const { bucket, key, etag, sizeBytes } = facts;
  const otherUploads = strategy === "copy-multipart" ? await openUploadsOf(store, { bucket, key }) : null;
  // A resumed run must not put the tags of a version on an object if that version is not current by then.
  const tagsToPut = onto === undefined ? [...tagsLeft] : [];
  const at = context.now().toISOString();
  await context.journal.append({ kind: "intent", bucket, key, strategy, etag, sizeBytes, tagsToPut, otherUploads, at });
  return { bucket, key, otherUploads, at };
}

/** IDs of the uploads to exactly this key; `null` if they cannot be listed. */
async function openUploadsOf(store: CopyJob["store"], { bucket, key }: { bucket: string; key: string }) {
  try {
    const open = await store.listOpenUploads({ bucket, prefix: key });
    return open.filter((upload) => upload.key === key).map(({ uploadId }) => uploadId);
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}
