/**
 * The resources of an EncryptedBucket by their ids within it. State hangs on these: another id is another address, and Terraform would
 * destroy what stands at the old one.
 */
export const BUCKET_PARTS = {
  bucket: "aws_s3_bucket",
  encryption: "aws_s3_bucket_server_side_encryption_configuration",
  versioning: "aws_s3_bucket_versioning",
  "object-lock": "aws_s3_bucket_object_lock_configuration",
  lifecycle: "aws_s3_bucket_lifecycle_configuration",
  cors: "aws_s3_bucket_cors_configuration",
  website: "aws_s3_bucket_website_configuration",
  policy: "aws_s3_bucket_policy",
  "public-access": "aws_s3_bucket_public_access_block",
  ownership: "aws_s3_bucket_ownership_controls",
  "access-logs": "aws_s3_bucket_logging",
  "log-delivery": "aws_s3_bucket_acl",
  replication: "aws_s3_bucket_replication_configuration",
} as const satisfies Readonly<Record<string, string>>;
