import { type Capabilities, withoutDestinationConditions } from "../model/capabilities.js";
import { activeLock, type CarriedFacts, loses, type ObjectFacts } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { RaceGuard, StrategyName } from "../model/reason.js";
import { guardOf } from "../plan/strategies.js";
import { classOfCopy, needsClassSent } from "../plan/verify-copy.js";
import type { Grant, Tag } from "../store/answers.js";
import type { RequestHeaders } from "../store/object-store.js";
import type { Copied, CopyAttempt, CopyJob } from "./copy-job.js";

/**
 * A longer tag set does not fit the header:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
const MAX_TAGGING_HEADER_BYTES = 2048;

const GRANT_HEADERS: Readonly<Partial<Record<Grant["permission"], string>>> = {
  FULL_CONTROL: "x-amz-grant-full-control",
  READ: "x-amz-grant-read",
  READ_ACP: "x-amz-grant-read-acp",
  WRITE_ACP: "x-amz-grant-write-acp",
};

interface CopyWith {
  readonly policy: Pick<Policy, "target">;
  readonly capabilities: Pick<Capabilities, "grantForm">;
}

/** The properties that no copy keeps by itself: encryption, class, redirect, lock and access control list. */
export function everyCopyHeaders(
  facts: ObjectFacts,
  carried: CarriedFacts,
  { policy: { target }, capabilities: { grantForm } }: CopyWith,
  now: Date,
): RequestHeaders {
  const lock = activeLock(facts.lock, now);
  // Some stores refuse a copy that sends a storage class.
  const hasClass = needsClassSent(facts) && !loses(carried, "storage-class");
  // Always sent: some servers do not apply the bucket's default to copies, and some then decrypt them.
  const headers: Record<string, string> = { ...target.headers() };
  if (hasClass) headers["x-amz-storage-class"] = classOfCopy(facts);
  if (facts.websiteRedirect !== null) headers["x-amz-website-redirect-location"] = facts.websiteRedirect;
  if (lock.mode !== null) headers["x-amz-object-lock-mode"] = lock.mode;
  if (lock.retainUntil !== null) headers["x-amz-object-lock-retain-until-date"] = lock.retainUntil;
  if (lock.legalHold !== null) headers["x-amz-object-lock-legal-hold"] = lock.legalHold;
  return carried.grants === null ? headers : Object.assign(headers, grantHeaders(carried.grants, grantForm));
}

/**
 * The properties that every strategy except the plain copy drops as well: content headers, user metadata and
 * tags.
 */
export function resentHeaders(facts: ObjectFacts, { tags }: CarriedFacts, capabilities: Capabilities): RequestHeaders {
  const metadata = Object.entries(facts.userMetadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return {
    ...facts.content,
    ...Object.fromEntries(metadata),
    ...(tags.length > 0 && fitsHeader(tags, capabilities) ? { "x-amz-tagging": taggingHeader(tags) } : {}),
  };
}

/** Tags that the copy does not keep by itself and no header carries. They are put after the copy. */
export function tagsLeftOver(
  strategy: StrategyName,
  { tags }: CarriedFacts,
  capabilities: Capabilities,
): readonly Tag[] {
  const isTaken = strategy === "copy" ? capabilities.copyKeepsTags : fitsHeader(tags, capabilities);
  const travel = isTaken && capabilities.lostBy[strategy]?.includes("tags") !== true;
  return travel ? [] : tags;
}

function fitsHeader(tags: readonly Tag[], capabilities: Capabilities): boolean {
  return capabilities.taggingHeader && Buffer.byteLength(taggingHeader(tags)) <= MAX_TAGGING_HEADER_BYTES;
}

function taggingHeader(tags: readonly Tag[]): string {
  return tags.map(({ key, value }) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join("&");
}

export function grantHeaders(grants: readonly Grant[], form: Capabilities["grantForm"]): RequestHeaders {
  const headers: Record<string, string> = {};
  for (const { permission, grantee } of grants) {
    const name = GRANT_HEADERS[permission];
    if (name === undefined) continue;
    const entry = form === "quoted" ? `${grantee.kind}="${grantee.value}"` : `${grantee.kind}=${grantee.value}`;
    headers[name] = headers[name] ? `${headers[name]}, ${entry}` : entry;
  }
  return headers;
}

/**
 * One CopyObject onto the object itself. It keeps headers, user metadata and tags. The rest is sent again.
 */
export function singleCopy(attempt: CopyAttempt): Promise<Copied> {
  return copyWith(attempt, {
    "x-amz-metadata-directive": "COPY",
    ...(attempt.capabilities.objectTagging ? { "x-amz-tagging-directive": "COPY" } : {}),
  });
}

/** A store takes seconds to copy this, so as few of them are in progress at once as of parts. */
const AS_LARGE_AS_PARTS = 64 * 1024 * 1024;

/** The same for stores that call a copy illegal if it changes no metadata: all metadata is sent again. */
export function replacingCopy(attempt: CopyAttempt): Promise<Copied> {
  const { job, carried, capabilities } = attempt;
  return copyWith(attempt, {
    "x-amz-metadata-directive": "REPLACE",
    ...(capabilities.objectTagging ? { "x-amz-tagging-directive": "REPLACE" } : {}),
    ...resentHeaders(job.facts, carried, capabilities),
  });
}

async function copyWith(attempt: CopyAttempt, headers: RequestHeaders): Promise<Copied> {
  const { job, carried, capabilities } = attempt;
  const { store, facts, context } = job;
  const { bucket, key, etag, sizeBytes } = facts;
  const { copySourceIfMatch, etagForm } = capabilities;
  const destination = destinationGuard(attempt);
  const send = () =>
    store.copyObject({
      bucket,
      key,
      sourceVersionId: sourceVersion(job),
      headers: {
        ...headers,
        ...everyCopyHeaders(facts, carried, { policy: context.policy, capabilities }, new Date()),
        ...facts.customerKey?.sourceHeaders(),
        ...(copySourceIfMatch ? sourceCondition(etag, etagForm) : {}),
        ...destination.headers,
      },
    });
  const written = await (sizeBytes > AS_LARGE_AS_PARTS ? context.partLimit(send) : send());
  return { ...written, guard: destination.guard };
}

type EtagForm = Capabilities["etagForm"];

function etagAs(form: EtagForm, etag: string): string {
  return form === "quoted" ? `"${etag}"` : etag;
}

/** The copy reads exactly the inspected object, or fails. */
export function sourceCondition(etag: string, form: EtagForm): RequestHeaders {
  return { "x-amz-copy-source-if-match": etagAs(form, etag) };
}

/** The copy replaces exactly the inspected object, or fails. */
export function destinationCondition(etag: string, form: EtagForm): RequestHeaders {
  return { "if-match": etagAs(form, etag) };
}

/** The version to copy from, if it is not the current one. */
export function sourceVersion({ facts, onto }: CopyJob): string | undefined {
  return onto === undefined ? undefined : (facts.versionId ?? undefined);
}

/**
 * The condition that keeps the copy from replacing anything but the inspected object. A delete marker has no
 * ETag to match.
 */
export function destinationGuard({ job: { facts, onto }, strategy, capabilities }: CopyAttempt): {
  readonly headers: RequestHeaders;
  readonly guard: RaceGuard;
} {
  const etag = onto === undefined ? facts.etag : onto.etag;
  const guard = guardOf(strategy, capabilities);
  if (guard !== "source-and-destination") return { headers: {}, guard };
  if (etag === null) return { headers: {}, guard: guardOf(strategy, withoutDestinationConditions(capabilities)) };
  return { headers: destinationCondition(etag, capabilities.etagForm), guard };
}
