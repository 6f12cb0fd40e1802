import type { TerraformStack } from "cdktf";
import {
  BucketEncryption,
  EncryptedBucket,
  ObjectStorageProvider,
  UnmanagedBucket,
} from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";

/** Every bucket by its id; `found` and `others` are there before. */
export const NAMES = {
  found: "acme-found",
  others: "acme-of-others",
  kept: "acme-kept",
  empty: "acme-empty",
  full: "acme-full",
  wiped: "acme-wiped",
} as const;

export interface Place {
  readonly provider: ProviderId;
  readonly region: string;
  readonly endpoint: string;
}

export function declareAll(stack: TerraformStack, place: Place, renamed: Partial<typeof NAMES> = {}): void {
  const bucketName = (id: keyof typeof NAMES) => renamed[id] ?? NAMES[id];
  new ObjectStorageProvider(stack, "storage", place);
  new EncryptedBucket(stack, "found", { bucketName: bucketName("found"), importExisting: true });
  new BucketEncryption(stack, "others", { bucketName: bucketName("others") });
  new EncryptedBucket(stack, "kept", { bucketName: bucketName("kept") });
  new EncryptedBucket(stack, "empty", { bucketName: bucketName("empty"), removal: "destroy" });
  new EncryptedBucket(stack, "full", { bucketName: bucketName("full"), removal: "destroy" });
  const wiped = { versioning: "enabled", removal: "destroyWithContents" } as const;
  new EncryptedBucket(stack, "wiped", { bucketName: bucketName("wiped"), ...wiped });
}

/** What may not go is let go of, one that may go gets another name, and the others are no longer there. */
export function declareRest(stack: TerraformStack, place: Place, empty: string): void {
  new ObjectStorageProvider(stack, "storage", place);
  for (const id of ["found", "others", "kept"]) new UnmanagedBucket(stack, id);
  new EncryptedBucket(stack, "empty", { bucketName: empty, removal: "destroy" });
}

/** The same, once the code no longer speaks of what it let go of. */
export function declareLast(stack: TerraformStack, place: Place, empty: string): void {
  new ObjectStorageProvider(stack, "storage", place);
  new EncryptedBucket(stack, "empty", { bucketName: empty, removal: "destroy" });
}
