import { DeleteBucketWebsiteCommand, GetBucketWebsiteCommand } from "@aws-sdk/client-s3";
import { orCode, type PropertyChange } from "./property-change.js";

export const website: PropertyChange = {
  id: "served",
  before: { website: { indexDocument: "index.html" } },
  after: { website: { indexDocument: "start.html", errorDocument: "404.html" } },
  plan: { "aws_s3_bucket_website_configuration.served_website": "update" },
  leftOut: { "aws_s3_bucket_website_configuration.served_website": "delete" },
  read: (s3, Bucket) =>
    orCode(
      s3
        .send(new GetBucketWebsiteCommand({ Bucket }))
        .then(({ IndexDocument, ErrorDocument }) => [IndexDocument?.Suffix, ErrorDocument?.Key]),
    ),
  finds: { before: ["index.html", undefined], after: ["start.html", "404.html"] },
  undo: (s3, Bucket) => s3.send(new DeleteBucketWebsiteCommand({ Bucket })),
};
