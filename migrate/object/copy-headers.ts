import type { Capabilities } from "../model/capabilities.js";
import { activeLock, type CarriedFacts, loses, type ObjectFacts } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { StrategyName } from "../model/strategy.js";
import { classOfCopy, needsClassSent } from "../plan/lost-by-way.js";
import type { Grant, Tag } from "../store/answers.js";
import type { RequestHeaders } from "../store/object-store.js";

/** A tag set longer than this does not fit the header: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
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

/** What no copy keeps by itself: encryption, class, redirect, lock and access control list. */
export function everyCopyHeaders(
  facts: ObjectFacts,
  carried: CarriedFacts,
  { policy: { target }, capabilities: { grantForm } }: CopyWith,
  now: Date,
): RequestHeaders {
  const lock = activeLock(facts.lock, now);
  // Some stores refuse a copy that asks for a class.
  const hasClass = needsClassSent(facts) && !loses(carried, "storage-class");
  return {
    // On every copy, whatever the bucket's default: some servers do not apply it to copies, some then decrypt.
    ...target.headers(),
    ...present({
      "x-amz-storage-class": hasClass ? classOfCopy(facts) : null,
      "x-amz-website-redirect-location": facts.websiteRedirect,
      "x-amz-object-lock-mode": lock.mode,
      "x-amz-object-lock-retain-until-date": lock.retainUntil,
      "x-amz-object-lock-legal-hold": lock.legalHold,
    }),
    ...grantHeaders(carried.grants ?? [], grantForm),
  };
}

/** What every way but the plain copy drops besides: content headers, user metadata and tags. */
export function resentHeaders(facts: ObjectFacts, { tags }: CarriedFacts, capabilities: Capabilities): RequestHeaders {
  const metadata = Object.entries(facts.userMetadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return {
    ...facts.content,
    ...Object.fromEntries(metadata),
    ...(tags.length > 0 && fitsHeader(tags, capabilities) ? { "x-amz-tagging": taggingHeader(tags) } : {}),
  };
}

/** Tags that neither stay by themselves nor go into a header are put after the copy. */
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

function present(headers: Readonly<Record<string, string | null>>): RequestHeaders {
  return Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== null));
}
