import { DeletePublicAccessBlockCommand, GetPublicAccessBlockCommand } from "@aws-sdk/client-s3";
import { orCode, type PropertyChange } from "./property-change.js";

const allOn = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

export const publicAccess: PropertyChange = {
  id: "closed",
  before: { blockPublicAccess: { restrictPublicBuckets: false } },
  after: {},
  plan: { "aws_s3_bucket_public_access_block.closed_public-access": "update" },
  leftOut: {},
  read: (s3, Bucket) =>
    orCode(
      s3.send(new GetPublicAccessBlockCommand({ Bucket })).then(({ PublicAccessBlockConfiguration: found }) => found),
    ),
  finds: { before: { ...allOn, RestrictPublicBuckets: false }, after: allOn },
  undo: (s3, Bucket) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
};
