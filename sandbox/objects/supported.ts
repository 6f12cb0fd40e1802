import type { BucketSubResource } from "../../providers/index.js";
import { S3Error } from "../http/s3-error.js";
import type { Context } from "../operations/operation.js";

/** Answers 501 where this store lacks a sub-resource of buckets. */
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
