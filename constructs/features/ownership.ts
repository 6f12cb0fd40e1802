import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import type { DeclaredBucket } from "../bucket/named-bucket.js";
import { choice } from "../checked-props.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import type { Feature } from "./feature.js";
import { partOf } from "./for-each.js";
import { supportProblems } from "./store-support.js";

export type ObjectOwnership = "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter";

const OWNERSHIPS: readonly ObjectOwnership[] = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];

export interface OwnershipProps {
  /**
   * Who owns objects that other accounts write. With `BucketOwnerEnforced` the bucket's owner does,
   * and ACLs are disabled. `false` leaves it to the store.
   * @default "BucketOwnerEnforced" if the store documents ownership controls (Amazon S3); otherwise
   * false
   */
  readonly ownership?: ObjectOwnership | false;
}

export const ownership: Feature<OwnershipProps, S3BucketOwnershipControls> = {
  fields: { ownership: choice([...OWNERSHIPS, false]).optional() },
  needs: { ownership: "ownership-controls" },
  parts: [
    {
      id: "ownership",
      type: "aws_s3_bucket_ownership_controls",
      setting: "ownership controls",
      left: "give ownership: false",
    },
  ],
  problems: ownershipProblems,
  declare: declareOwnership,
};

function declareOwnership(
  { ownership }: OwnershipProps,
  bucket: DeclaredBucket,
): S3BucketOwnershipControls | undefined {
  const documented = bucket.storage.store.subResources["ownership-controls"].value === "supported";
  const objectOwnership = ownership ?? (documented ? "BucketOwnerEnforced" : false);
  if (objectOwnership === false) return undefined;
  return new S3BucketOwnershipControls(bucket, "ownership", {
    ...partOf(bucket),
    rule: { objectOwnership },
  });
}

function ownershipProblems({ ownership }: OwnershipProps, storage: ObjectStorageProvider): string[] {
  if (ownership === undefined || ownership === false) return [];
  return supportProblems("ownership", "ownership-controls", storage);
}
