import type { TerraformStack } from "cdktf";
import { BucketEncryption, EncryptedBucket, ObjectStorageProvider } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import type { PropertyChange } from "../changes/property-change.js";
import { ADOPTED } from "./adopted-bucket.js";

/** `left-out`: the buckets without any property, and the adopted one no longer declared. */
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

export function declareLife(stack: TerraformStack, { changes, state, ...store }: DeclaredLife): void {
  new ObjectStorageProvider(stack, "storage", store);
  if (state !== "left-out") new BucketEncryption(stack, "adopted", { bucketName: ADOPTED });
  for (const change of changes) {
    const props = state === "left-out" ? {} : change[state];
    new EncryptedBucket(stack, change.id, { bucketName: bucketOf(change), ...props });
  }
}
