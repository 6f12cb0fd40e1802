import { DeleteBucketOwnershipControlsCommand, GetBucketOwnershipControlsCommand } from "@aws-sdk/client-s3";
import { orCode, type PropertyChange } from "./property-change.js";

export const ownership: PropertyChange = {
  id: "owned",
  before: { ownership: "ObjectWriter" },
  after: { ownership: "BucketOwnerPreferred" },
  plan: { "aws_s3_bucket_ownership_controls.owned_ownership": "update" },
  leftOut: { "aws_s3_bucket_ownership_controls.owned_ownership": "update" },
  read: (s3, Bucket) =>
    orCode(
      s3
        .send(new GetBucketOwnershipControlsCommand({ Bucket }))
        .then(({ OwnershipControls: found }) => found?.Rules?.[0]?.ObjectOwnership),
    ),
  finds: { before: "ObjectWriter", after: "BucketOwnerPreferred" },
  undo: (s3, Bucket) => s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })),
};
