import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import { choice, type Fields } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { type BucketParts, partOf } from "./for-each.js";
import { supportProblems } from "./store-support.js";

export type ObjectOwnership = "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";

const OWNERSHIPS: readonly ObjectOwnership[] = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];

export interface OwnershipProps {
  /**
   * Who owns what others write: with `BucketOwnerEnforced` the bucket's owner, and ACLs are off. `false` leaves it to the store.
   * @default "BucketOwnerEnforced" where the store documents ownership controls (Amazon S3); elsewhere false
   */
  readonly ownership?: ObjectOwnership | false;
}

export const ownershipFields = {
  ownership: choice([...OWNERSHIPS, false]).optional(),
} satisfies Fields<OwnershipProps>;

export function declareOwnership(
  { scope, storage, bucket }: BucketParts,
  { ownership }: OwnershipProps,
): S3BucketOwnershipControls | undefined {
  const documented = storage.store.subResources["ownership-controls"].value === "supported";
  const objectOwnership = ownership ?? (documented ? "BucketOwnerEnforced" : false);
  if (objectOwnership === false) return undefined;
  return new S3BucketOwnershipControls(scope, "ownership", {
    ...partOf({ storage, bucket }),
    rule: { objectOwnership },
  });
}

export function ownershipProblems({ ownership }: OwnershipProps, storage: ObjectStorageProvider): string[] {
  if (ownership === undefined || ownership === false) return [];
  return supportProblems("ownership", "ownership-controls", storage);
}
