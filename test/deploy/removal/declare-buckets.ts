import type { TerraformStack } from "cdktf";
import {
  BucketEncryption,
  EncryptedBucket,
  type EncryptedBucketProps,
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

// Terraform waits for most of a minute after it has put lifecycle rules on Amazon S3.
const swift = { abortIncompleteMultipartUploadDays: false } as const;

export function declareAll(
  stack: TerraformStack,
  place: Place,
  renamed: Readonly<Partial<Record<keyof typeof NAMES, string>>> = {},
): void {
  const names = { ...NAMES, ...renamed };
  const declare = (id: keyof typeof NAMES, props: EncryptedBucketProps) =>
    new EncryptedBucket(stack, id, { bucketName: names[id], ...swift, ...props });
  new ObjectStorageProvider(stack, "storage", place);
  new BucketEncryption(stack, "others", { bucketName: names.others });
  declare("found", { importExisting: true });
  declare("kept", {});
  declare("empty", { removal: "destroy" });
  declare("full", { removal: "destroy" });
  declare("wiped", { removal: "destroyWithContents", versioning: "enabled" });
}

/** What may not go is let go of, one that may go gets another name, and the others are no longer there. */
export function declareRest(stack: TerraformStack, place: Place, empty: string): void {
  for (const id of ["found", "others", "kept"]) new UnmanagedBucket(stack, id);
  declareLast(stack, place, empty);
}

/** The same, once the code no longer speaks of what it let go of. */
export function declareLast(stack: TerraformStack, place: Place, empty: string): void {
  new ObjectStorageProvider(stack, "storage", place);
  new EncryptedBucket(stack, "empty", { bucketName: empty, removal: "destroy", ...swift });
}
