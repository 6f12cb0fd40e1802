import type { S3Client } from "@aws-sdk/client-s3";
import type { EncryptedBucketProps } from "../../../constructs/index.js";

/** By the type of the part and its path of constructs. */
type Plan = Readonly<Record<string, "create" | "update" | "delete">>;

/** A bucket that is deployed with some properties, deployed again with others, meddled with by hand, and deployed without any. */
export interface PropertyChange {
  /** The id of the construct. */
  readonly id: string;
  readonly before: EncryptedBucketProps;
  readonly after: EncryptedBucketProps;
  /** What Terraform does to come from `before` to `after`. */
  readonly plan: Plan;
  /** What it does where the properties are left out then. */
  readonly leftOut: Plan;
  /** What the bucket itself says. */
  readonly read: (s3: S3Client, bucket: string) => Promise<unknown>;
  readonly finds: { readonly before: unknown; readonly after: unknown };
  /** Takes back by hand what the properties set. */
  readonly undo: (s3: S3Client, bucket: string) => Promise<unknown>;
}

/** The code of the error in place of a rejection, for what a bucket does not have. */
export function orCode<T>(reading: Promise<T>): Promise<T | string> {
  return reading.catch((error: Error) => error.name);
}
