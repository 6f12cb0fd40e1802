import type { CopyIntent, IntentRecord } from "../journal/record.js";
import { type Capabilities, withoutDestinationConditions } from "../model/capabilities.js";
import type { CarriedFacts, ObjectFacts } from "../model/object.js";
import type { Policy } from "../model/policy.js";
import type { RaceGuard, StrategyName } from "../model/strategy.js";
import { guardOf } from "../plan/strategies.js";
import type { ObjectStore, RequestHeaders, UploadInput } from "../store/object-store.js";

/** What whoever resumes a killed run must know of: each resolves once it is on the disk. */
export interface CopyNotes {
  /** Before a copy that takes more than one call. */
  readonly onIntent: (intent: CopyIntent) => Promise<void>;
  /** After an upload is begun and before anything is sent to it. */
  readonly onUpload: (upload: UploadInput) => Promise<void>;
}

export interface CopyJob extends CopyNotes {
  readonly store: ObjectStore;
  readonly facts: ObjectFacts;
  readonly carried: CarriedFacts;
  readonly policy: Policy;
  readonly capabilities: Capabilities;
  /** Bounds how many parts are under way at once, of all objects together. */
  readonly partLimit: PartLimit;
  /** What was written down before this copy, where it takes more than one call. */
  readonly intent?: Pick<IntentRecord, "bucket" | "key" | "otherUploads" | "at"> | undefined;
  /** Given up between parts, after aborting the upload. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Where `facts` are of one version that is copied onto its key, rather than of the object that is there now: the ETag of what
   * is there now, `null` for a delete marker.
   */
  readonly onto?: { readonly etag: string | null };
}

export type PartLimit = <T>(work: () => Promise<T>) => Promise<T>;

/** A copy that the store accepted; whether it did what it should is for `verify` to say. */
export interface Copied {
  readonly etag: string;
  readonly versionId: string | null;
  readonly requestId: string | null;
  readonly guard: RaceGuard;
}

type EtagForm = Capabilities["etagForm"];

function etagAs(form: EtagForm, etag: string): string {
  return form === "quoted" ? `"${etag}"` : etag;
}

/** The copy reads what was inspected, or nothing. */
export function sourceCondition(etag: string, form: EtagForm): RequestHeaders {
  return { "x-amz-copy-source-if-match": etagAs(form, etag) };
}

/** The copy replaces what was inspected, or nothing. */
export function destinationCondition(etag: string, form: EtagForm): RequestHeaders {
  return { "if-match": etagAs(form, etag) };
}

/** The version to copy from, where it is not what is current. */
export function sourceVersion({ facts, onto }: CopyJob): string | undefined {
  return onto === undefined ? undefined : (facts.versionId ?? undefined);
}

/** What keeps the copy from replacing anything else than what was seen. A delete marker has no ETag to match. */
export function destinationGuard(
  { facts, onto, capabilities }: CopyJob,
  strategy: StrategyName,
): { readonly headers: RequestHeaders; readonly guard: RaceGuard } {
  const etag = onto === undefined ? facts.etag : onto.etag;
  const guard = guardOf(strategy, capabilities);
  if (guard !== "source-and-destination") return { headers: {}, guard };
  if (etag === null) return { headers: {}, guard: guardOf(strategy, withoutDestinationConditions(capabilities)) };
  return { headers: destinationCondition(etag, capabilities.etagForm), guard };
}
