import type { TerraformStack } from "cdktf";
import {
  BucketEncryption,
  EncryptedBucket,
  type EncryptedBucketProps,
  ObjectStorageProvider,
} from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import type { Neighbours, PropertyChange } from "../changes/property-change.js";
import { ADOPTED } from "./adopted-bucket.js";

/** `left-out`: the buckets without their properties, and the adopted one no longer declared. */
export type State = "before" | "after" | "left-out";

export interface DeclaredLife {
  readonly provider: ProviderId;
  readonly region: string;
  readonly endpoint: string;
  readonly changes: readonly PropertyChange[];
  readonly state: State;
}

export function bucketOf({ id }: Pick<PropertyChange, "id">): string {
  return `acme-life-${id}`;
}

export function declareLife(stack: TerraformStack, { changes, state, provider, region, endpoint }: DeclaredLife): void {
  new ObjectStorageProvider(stack, "storage", { provider, region, endpoint });
  if (state !== "left-out") new BucketEncryption(stack, "adopted", { bucketName: ADOPTED });
  const declare = (id: string, props: EncryptedBucketProps = {}) =>
    // Only the bucket whose rules change has any.
    new EncryptedBucket(stack, id, {
      bucketName: bucketOf({ id }),
      ...(id === "aged" ? {} : { abortIncompleteMultipartUploadDays: false }),
      ...props,
    });
  const near = { logs: declare("logs"), replicas: declare("replicas", { versioning: "enabled" }) };
  for (const change of changes) declare(change.id, propsOf(change, state, near));
}

function propsOf(change: PropertyChange, state: State, near: Neighbours): EncryptedBucketProps {
  if (state === "left-out") return change.keeps ?? {};
  const props = change[state];
  return typeof props === "function" ? props(near) : props;
}
