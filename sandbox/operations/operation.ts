import type { BucketSubResource } from "../../providers/index.js";
import type { Behaviour } from "../behaviour.js";
import type { RequestBody } from "../body/request-body.js";
import type { Answer } from "../http/answer.js";
import type { RequestHeaders } from "../http/read-request.js";
import type { OperationName } from "../http/routes.js";
import { S3Error } from "../http/s3-error.js";
import type { Listing } from "../listing/earlier-versions.js";
import type { SandboxUser } from "../options.js";
import type { Bucket } from "../storage/bucket.js";
import type { Store } from "../storage/store.js";

/** A request that was parsed, authenticated and authorised. */
export interface Call {
  readonly operation: OperationName;
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: RequestHeaders;
  readonly user: SandboxUser;
  readonly body: RequestBody;
}

export interface Context {
  readonly store: Store;
  readonly region: string;
  /** The current switches. */
  readonly behaviour: Behaviour;
  /** Milliseconds since 1970. */
  now(): number;
  /** The contents of a bucket for listings. */
  listing(bucket: Bucket): Listing;
  /** Counts conditional writes. True if this one must answer 409. */
  conflicts(): boolean;
}

export type Operation = (call: Call, context: Context) => Answer | Promise<Answer>;

/** Answers 501 if this store lacks a sub-resource of buckets. */
export function requireSupported({ behaviour }: Context, subResource: BucketSubResource): void {
  const lacking =
    behaviour.unsupportedSubResources.includes(subResource) ||
    (subResource === "versioning" && behaviour.versioning === "unsupported") ||
    (subResource === "object-lock" && behaviour.objectLock === "unsupported");
  if (lacking) {
    throw notImplemented(subResource);
  }
}

export function notImplemented(what: string): S3Error {
  return new S3Error("NotImplemented", { message: `This store does not implement ${what}` });
}
