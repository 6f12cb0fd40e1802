import {
  CreateBucketCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketTaggingCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

/** A bucket as somebody made it by hand years ago: an object, tags, a lifecycle rule, a CORS rule. */
export async function createFound(s3: S3Client, region: string, Bucket: string): Promise<void> {
  await s3.send(
    new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region as never } }),
  );
  await s3.send(new PutObjectCommand({ Bucket, Key: "old.txt", Body: "written before" }));
  const TagSet = [{ Key: "owner", Value: "someone" }];
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  const rule = { ID: "drafts", Status: "Enabled" as const, Filter: { Prefix: "drafts/" }, Expiration: { Days: 30 } };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } }));
  const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: ["https://app.example"] }];
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
}

/** What of it no property of ours names. */
export async function readFound(s3: S3Client, Bucket: string): Promise<unknown> {
  const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
  const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
  const { CORSRules } = await s3.send(new GetBucketCorsCommand({ Bucket }));
  return { TagSet, Rules, CORSRules };
}
