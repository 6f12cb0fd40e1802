import { DeleteBucketTaggingCommand, GetBucketTaggingCommand } from "@aws-sdk/client-s3";
import { orCode, type PropertyChange } from "./property-change.js";

export const tags: PropertyChange = {
  id: "tagged",
  before: { tags: { team: "finance", year: "2025" } },
  after: { tags: { team: "finance", stage: "live" } },
  plan: { "aws_s3_bucket.tagged_bucket": "update" },
  leftOut: { "aws_s3_bucket.tagged_bucket": "update" },
  read: (s3, Bucket) =>
    orCode(
      s3
        .send(new GetBucketTaggingCommand({ Bucket }))
        .then(({ TagSet = [] }) => Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))),
    ),
  finds: { before: { team: "finance", year: "2025" }, after: { team: "finance", stage: "live" } },
  undo: (s3, Bucket) => s3.send(new DeleteBucketTaggingCommand({ Bucket })),
};
