import { DeleteBucketCorsCommand, GetBucketCorsCommand } from "@aws-sdk/client-s3";
import { orCode, type PropertyChange } from "./property-change.js";

const rule = (AllowedOrigins: string[]) => ({ AllowedMethods: ["GET"], AllowedOrigins, MaxAgeSeconds: 600 });

export const cors: PropertyChange = {
  id: "shared",
  before: { cors: [{ allowedMethods: ["GET"], allowedOrigins: ["https://old.example"], maxAgeSeconds: 600 }] },
  after: { cors: [{ allowedMethods: ["GET"], allowedOrigins: ["https://new.example"], maxAgeSeconds: 600 }] },
  plan: { "aws_s3_bucket_cors_configuration.shared_cors": "update" },
  leftOut: { "aws_s3_bucket_cors_configuration.shared_cors": "delete" },
  read: (s3, Bucket) => orCode(s3.send(new GetBucketCorsCommand({ Bucket })).then(({ CORSRules }) => CORSRules)),
  finds: { before: [rule(["https://old.example"])], after: [rule(["https://new.example"])] },
  undo: (s3, Bucket) => s3.send(new DeleteBucketCorsCommand({ Bucket })),
};
