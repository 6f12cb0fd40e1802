import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document/index.js";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification/index.js";
import { TerraformIterator, TerraformOutput, type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { BucketEncryption, EncryptedBucket, ovhUserPolicy, UnmanagedBucket } from "../../../constructs/index.js";

/** The code that docs/constructs.md shows, by topic. The stack has one store, Amazon S3. */
export const SNIPPETS = {
  declare(stack: TerraformStack) {
    const invoices = new EncryptedBucket(stack, "invoices", {
      bucketName: "acme-invoices",
      versioning: "enabled",
      lifecycleRules: [{ id: "old-versions", noncurrentVersionExpirationDays: 90 }],
    });
    return invoices;
  },

  ownLifecycleRules(stack) {
    const invoices = new EncryptedBucket(stack, "invoices", {
      bucketName: "acme-invoices",
      versioning: "enabled",
      abortIncompleteMultipartUploadDays: false, // and no lifecycleRules
    });

    new S3BucketLifecycleConfiguration(stack, "invoices-rules", {
      provider: invoices.storage.aws,
      bucket: invoices.bucketName,
      transitionDefaultMinimumObjectSize: "", // such a store sends no header, so none is waited for
      rule: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: 90, newerNoncurrentVersions: 3 }],
        },
        {
          id: "abort-incomplete-multipart-uploads",
          status: "Enabled",
          filter: [{ prefix: "" }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
    });
  },

  manyBuckets(stack) {
    const teams = TerraformIterator.fromMap({
      billing: { name: "acme-billing" },
      exports: { name: "acme-exports" },
    });
    new EncryptedBucket(stack, "teams", { forEach: teams, bucketName: teams.getString("name") });

    const regions = TerraformIterator.fromList(["north", "south"]);
    new EncryptedBucket(stack, "regions", { forEach: regions, bucketName: `acme-${regions.key}` });
  },

  policyOfOvhcloud(stack) {
    const policy = ovhUserPolicy({ use: "audit", buckets: ["acme-invoices"], prefix: "2024/" });
    new TerraformOutput(stack, "auditor-policy", { value: policy });
  },

  grant(stack) {
    const invoices = SNIPPETS.declare(stack);
    const archive = new EncryptedBucket(stack, "archive", { bucketName: "acme-archive" });

    new IamPolicy(stack, "reader", { policy: invoices.grantRead("2024/") });
    const operator = new DataAwsIamPolicyDocument(stack, "operator", {
      sourcePolicyDocuments: [invoices.grantMigrate(), archive.grantReadWrite()],
    });
    new IamPolicy(stack, "operators", { policy: operator.json });
  },

  unmanage(stack) {
    new UnmanagedBucket(stack, "invoices"); // was: new EncryptedBucket(stack, "invoices", { ... })
  },

  defaultAlone(stack) {
    new BucketEncryption(stack, "archive", { bucketName: "acme-archive" });
  },

  takeOver(stack) {
    new EncryptedBucket(stack, "archive", { bucketName: "acme-archive", importExisting: true });
  },

  escape(stack) {
    const invoices = new EncryptedBucket(stack, "invoices", { bucketName: "acme-invoices", cors: [WEB] });

    // Terraform's view of the bucket itself, as raw as in its JSON.
    invoices.bucket.addOverride("timeouts.create", "30m");
    // A part, if it is declared.
    invoices.cors?.addOverride("expected_bucket_owner", "111122223333");
    // Any other resource, from the same provider.
    new S3BucketNotification(stack, "events", {
      provider: invoices.storage.aws,
      bucket: invoices.bucketName,
      eventbridge: true,
    });
  },

  allow(stack) {
    const invoices = SNIPPETS.declare(stack);
    invoices.addToResourcePolicy({
      sid: "AuditorsRead",
      effect: "Allow",
      principals: { AWS: "arn:aws:iam::111122223333:role/auditors" },
      actions: ["s3:GetObject", "s3:ListBucket"],
    });
  },

  rename(stack) {
    const data = new Construct(stack, "data");
    new EncryptedBucket(data, "billing", { bucketName: "acme-invoices", movedFrom: "invoices" });
  },

  bothWays(stack) {
    const archive = new EncryptedBucket(stack, "archive", { bucketName: "acme-archive", versioning: "enabled" });
    const paris = new EncryptedBucket(stack, "paris", { bucketName: "acme-paris", versioning: "enabled" });
    const milan = new EncryptedBucket(stack, "milan", {
      bucketName: "acme-milan",
      versioning: "enabled",
      replication: [
        { destination: paris, deleteMarkers: true },
        { destination: archive, prefix: "invoices/", storageClass: "STANDARD_IA" },
      ],
    });
    paris.addReplication({ destination: milan, deleteMarkers: true }); // milan was not there before
  },

  referTo(stack) {
    const logs = EncryptedBucket.fromBucketName(stack, "logs", "acme-logs");
    new EncryptedBucket(stack, "invoices", {
      bucketName: "acme-invoices",
      serverAccessLogs: { bucket: logs, prefix: "invoices/" },
    });
  },
} satisfies Readonly<Record<string, (stack: TerraformStack) => unknown>>;

const WEB = { allowedMethods: ["GET"], allowedOrigins: ["https://app.example"] } as const;
