import type { BegunCopy } from "../journal/in-flight.js";
import { distinctKeys } from "../keys/customer-key.js";
import type { Capabilities } from "../model/capabilities.js";
import type { ObjectFacts } from "../model/object.js";
import type { FailReason, StrategyName } from "../model/reason.js";
import type { Strategy } from "../plan/strategies.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";
import { carriedNotes } from "./carried.js";
import { CHANGED_MEANWHILE, keepMarks, type Retagged } from "./changed-during-copy.js";
import type { RunContext } from "./context.js";
import { type CopyResult, copyInPlace } from "./copy.js";
import type { CopyJob } from "./copy-job.js";
import { inspectUnder } from "./inspect.js";
import { landedCopy } from "./lost-answer.js";
import type { RefusedWay, Sighting } from "./object-result.js";
import {
  type AttemptResult,
  failed,
  isLongWait,
  type ObjectResult,
  observe,
  refused,
  resultOfError,
  WaitedLong,
} from "./object-result.js";
import { carriedDifference, readBack } from "./read-back.js";
import { isSameWrite } from "./update-encryption.js";

/** After these errors it is unknown whether the store carried out the request. */
const ANSWER_IS_LOST: ReadonlySet<StoreErrorKind> = new Set(["unreachable", "server-error", "throttled"]);

const UNDER_ANOTHER_KEY: AttemptResult = {
  kind: "again",
  why: "changed",
  note: "its encryption was changed by someone else meanwhile",
};

/** Refusals by the store. If our own check detected a change, the error has another code. */
function isAsIfChanged({ kind, facts: { code } }: StoreError): boolean {
  return (kind === "precondition-failed" && code !== CHANGED_MEANWHILE) || kind === "out-of-range";
}

/** Copies one object with the best strategy that the store accepts, and reads the result back. */
export async function copyAndVerify(
  planned: Pick<CopyJob, "facts" | "capabilities" | "strategies" | "earlyAcl">,
  found: ObjectResult,
  context: RunContext,
  refusedWays: readonly RefusedWay[],
): Promise<AttemptResult> {
  const { facts, strategies } = planned;
  const closed = unexplained(refusedWays, facts);
  const draft = { ...found, notes: [...found.notes, ...closed.map(refusedWords)] };
  let begun: BegunCopy | undefined;
  const job: CopyJob = {
    ...planned,
    context,
    store: context.store,
    strategies: othersFirst(strategies, closed),
    beforeCopy: async (strategy) => {
      const known = context.beforeCopy(facts.bucket, strategy, facts.customerKey);
      if (await isLongWait(known)) throw new WaitedLong();
      return known;
    },
    onBegun: (copy) => {
      begun = copy;
      return context.inFlight.begin(copy);
    },
  };
  try {
    const result = await copyInPlace(job);
    if (result.kind === "refused") return { kind: "done", result: refused(draft, result.reason, result.detail) };
    return await verifyResult(job, result, draft, context);
  } catch (error) {
    return resultOfFailure(error, job, draft, begun, context);
  }
}

/** The result of a copy that did not complete. Rethrows errors that are no answer of the store. */
async function resultOfFailure(
  error: unknown,
  { facts, capabilities, earlyAcl }: CopyJob,
  draft: ObjectResult,
  begun: BegunCopy | undefined,
  context: RunContext,
): Promise<AttemptResult> {
  if (error instanceof WaitedLong) return { kind: "waited", needsAcl: earlyAcl?.isOfUse === true };
  if (!(error instanceof StoreError)) throw error;
  const landed = ANSWER_IS_LOST.has(error.kind) && begun ? await findLanded(begun, capabilities, context) : null;
  if (landed !== null) return { kind: "done", result: landed };
  if (await refusedForItsSignature(error, facts.bucket, context.store)) {
    const requestIds = [...draft.requestIds, error.facts.requestId];
    const outcome = failed("signature-refused", `${error.message}${doubtfulHeaders(facts)}`);
    return { kind: "done", result: { ...draft, requestIds, outcome } };
  }
  const isOfKey = await refusedForItsKey(error, facts, capabilities, context);
  const result = isOfKey ? UNDER_ANOTHER_KEY : resultOfError(error, draft);
  if (result.kind !== "again" || !begun) return result;
  const { strategy } = begun;
  const refusedWay = isAsIfChanged(error) ? { facts, strategy, message: error.message } : undefined;
  return { ...result, copy: { ...begun, answer: "refused" }, refusedWay };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: "only ASCII" is what it asks
const ASCII = /^[\u0000-\u007f]*$/;

/** The values that stores interpret in more than one way. */
function doubtfulHeaders({ content, userMetadata, websiteRedirect }: ObjectFacts): string {
  const metadata = Object.entries(userMetadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  const redirect = ["x-amz-website-redirect-location", websiteRedirect ?? ""];
  const doubtful = [...Object.entries(content), ...metadata, redirect].filter(([, value = ""]) => !ASCII.test(value));
  return doubtful.map(([name, value]) => `; ${name} is ${JSON.stringify(value)}`).join("");
}

async function findLanded(
  begun: BegunCopy,
  capabilities: Capabilities,
  context: RunContext,
): Promise<ObjectResult | null> {
  const { bucket, key } = begun.facts;
  const wanted = context.policy.target.customerKey;
  const inspection = await inspectUnder(wanted, context.store, { bucket, key }, capabilities);
  if (inspection.kind !== "found") return null;
  return landedCopy({ ...begun, answer: "lost" }, inspection.facts, capabilities, context);
}

const REPLACED: AttemptResult = {
  kind: "again",
  why: "changed",
  note: "copied by this run, then replaced by someone else before it was read back",
};

const REPLACED_AFTER_UPDATE: AttemptResult = {
  kind: "again",
  why: "changed",
  note: "put under the KMS key by this run, and replaced by someone else before it was read back",
};

async function verifyResult(
  job: CopyJob,
  result: Extract<CopyResult, { kind: "copied" }>,
  draft: ObjectResult,
  context: RunContext,
): Promise<AttemptResult> {
  const { facts } = job;
  const { copied, strategy, carried } = result;
  const seen = await readBack(job, carried, copied);
  if (seen.kind === "replaced") return copied.isInPlace ? REPLACED_AFTER_UPDATE : REPLACED;
  if (seen.kind === "failed") throw seen.error;
  const { after, verification } = seen;
  const requestIds = [facts.requestId, copied.requestId, after.requestId];
  const found = { ...draft, after: observe(after), requestIds };
  const fail = (reason: FailReason, detail: string) => doneWith({ ...found, outcome: failed(reason, detail) });
  switch (verification.kind) {
    case "same": {
      // An update carries nothing, so there is nothing more to compare.
      const carrying = copied.isInPlace ? { notes: [] } : await verifyCarried(job, result, after, context);
      if ("differs" in carrying) return fail("differs-after-copy", carrying.differs);
      const notes = [...draft.notes, ...result.notes, ...verification.notes, ...carrying.notes];
      return doneWith({ ...found, outcome: { kind: "migrated", strategy, guard: copied.guard }, notes });
    }
    case "not-encrypted":
      await context.stopWay?.(facts.bucket, strategy, ["encryption"]);
      return fail("not-encrypted-after-copy", verification.detail);
    case "differs":
      await context.stopWay?.(facts.bucket, strategy, verification.lost);
      return fail("differs-after-copy", verification.detail);
  }
}

/** Compares what HEAD does not show, and puts marks that others made meanwhile on the copy. */
async function verifyCarried(
  job: CopyJob,
  { strategy, carried }: Extract<CopyResult, { kind: "copied" }>,
  after: ObjectFacts,
  context: RunContext,
): Promise<{ readonly notes: readonly string[] } | { readonly differs: string }> {
  const { facts, store } = job;
  const { difference, notes } = await carriedDifference(store, after, carried);
  if (difference !== null) {
    await context.stopWay?.(facts.bucket, strategy, [difference.startsWith("tags") ? "tags" : "acl"]);
    return { differs: difference };
  }
  if (context.policy.etag === "keep" && after.etag !== facts.etag) {
    return { differs: `its ETag became ${after.etag}, and --etag keep was given` };
  }
  const { retagged, others } = await keepMarks(job, carried, after);
  if (others.length > 0) return { differs: lostMarks(facts, others) };
  return { notes: [...notes, ...carriedNotes(carried), ...(retagged === null ? [] : [RETAGGED[retagged]])] };
}

function doneWith(result: ObjectResult): AttemptResult {
  return { kind: "done", result };
}

const RETAGGED: Readonly<Record<Retagged, string>> = {
  "by-others": "somebody changed its tags during the copy: they were set on the copy too",
  unknown: "its copy had different tags, which HEAD does not count: the object's tags were set on the copy too",
};

function lostMarks({ versionId }: ObjectFacts, others: readonly string[]): string {
  return `somebody changed ${others.join(" and ")} during the copy: the change is on version ${versionId}; set it again on the current version`;
}

/**
 * The refusals that no write explains: the object was the same before and after them, so nobody wrote. Pure.
 */
export function unexplained(ways: readonly RefusedWay[], seen: Sighting): readonly RefusedWay[] {
  return ways.filter(({ facts }) => isSameWrite(facts, seen));
}

/** The refused strategies come last, in case the refusal was temporary. Pure. */
export function othersFirst(
  strategies: readonly Strategy[],
  refused: readonly Pick<RefusedWay, "strategy">[],
): readonly Strategy[] {
  const times = (name: StrategyName) => refused.filter(({ strategy }) => strategy === name).length;
  return strategies.toSorted((left, right) => times(left.name) - times(right.name));
}

function refusedWords({ strategy, message }: RefusedWay): string {
  return `not by ${strategy}: ${message}; HEAD showed the same object before and after, so nobody wrote to it`;
}

const CODE = "SignatureDoesNotMatch";

/**
 * Whether a request was refused only because the store computes another signature over the key or headers of
 * this object. That is so if the store accepts the signature of a request without them, whatever else it
 * answers.
 */
export async function refusedForItsSignature(
  error: StoreError,
  bucket: string,
  store: Pick<ObjectStore, "getBucketVersioning">,
): Promise<boolean> {
  if (error.facts.code !== CODE) return false;
  try {
    await store.getBucketVersioning({ bucket });
    return true;
  } catch (other) {
    if (!(other instanceof StoreError)) throw other;
    return other.facts.status !== null && other.kind !== "invalid-credentials" && other.kind !== "throttled";
  }
}

/**
 * Whether a copy was refused only because the object is under another key than before. Either somebody else
 * wrote to it, or an earlier copy took effect although its answer was lost, and the next attempt used the
 * earlier key. Stores report this before they check conditions, and as a missing permission.
 */
async function refusedForItsKey(
  { kind }: StoreError,
  facts: ObjectFacts,
  capabilities: Capabilities,
  { store, policy, keys }: RunContext,
): Promise<boolean> {
  if (kind !== "bad-request" && !(kind === "access-denied" && facts.customerKey !== null)) return false;
  const { bucket, key, customerKey } = facts;
  const wanted = policy.target.customerKey;
  const others = distinctKeys([...(wanted === null ? [] : [wanted]), ...keys.keysFor(key)]);
  const now = await inspectUnder(customerKey, store, { bucket, key }, capabilities, others);
  if (now.kind !== "found") return now.kind === "sse-c";
  return now.facts.encryption.state !== facts.encryption.state || now.facts.customerKey?.md5 !== customerKey?.md5;
}
