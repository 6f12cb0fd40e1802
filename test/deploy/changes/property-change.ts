import type { S3Client } from "@aws-sdk/client-s3";
import type { EncryptedBucket, EncryptedBucketProps } from "../../../constructs/index.js";

/** Other buckets of the same stack, for properties that name one. */
export interface Neighbours {
  readonly logs: EncryptedBucket;
  readonly replicas: EncryptedBucket;
}

export type Props = EncryptedBucketProps | ((near: Neighbours) => EncryptedBucketProps);

/** By the type of the part and its path of constructs. */
export type Plan = Readonly<Record<string, "create" | "update" | "delete">>;

/** A bucket that is deployed with some properties, deployed again with others, meddled with by hand, and deployed without them. */
export interface PropertyChange {
  /** The id of the construct. */
  readonly id: string;
  readonly before: Props;
  readonly after: Props;
  /** What stays where the properties are left out, since it is chosen once and for all. */
  readonly keeps?: EncryptedBucketProps;
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
