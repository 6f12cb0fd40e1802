import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import type { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import type { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { declareVersioning } from "../features/versioning.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { storageOf } from "../storage/storage-of.js";
import { bucketProblems } from "./bucket-problems.js";
import type { EncryptedBucketProps } from "./encrypted-bucket-props.js";
import { publishTarget } from "./publish-target.js";
import { sseS3Default } from "./sse-s3-default.js";
import { warnOfUndocumented } from "./warn-of-undocumented.js";

/**
 * A bucket whose default is SSE-S3 (`AES256`); there is no property that makes it otherwise.
 *
 * The default covers what is written from then on; objects that were there before are re-encrypted by `bucketseal migrate`,
 * which finds the bucket through the output that this construct publishes (see `BucketTarget`).
 * Its parts keep the ids `bucket`, `encryption` and `target`; changing its own id replaces the bucket.
 */
export class EncryptedBucket extends Construct {
  public readonly storage: ObjectStorageProvider;
  public readonly bucket: S3Bucket;
  public readonly encryption: S3BucketServerSideEncryptionConfigurationA;
  public readonly versioning: S3BucketVersioningA | undefined;
  /** The output `bucketseal_<id>`, whose value is a `BucketTarget`. */
  public readonly target: TerraformOutput;

  /** @throws where the stack has no store or several and none is given, or the store has no default encryption */
  constructor(scope: Construct, id: string, props: EncryptedBucketProps = {}) {
    super(scope, id);
    const { bucketName } = props;
    this.storage = props.storage ?? storageOf(this);
    // All that is wrong in an app is told at once, so nothing is refused before its synth.
    this.node.addValidation({ validate: () => bucketProblems(props, this.storage) });
    warnOfUndocumented(this, props, this.storage);

    this.bucket = new S3Bucket(this, "bucket", {
      provider: this.storage.aws,
      ...(bucketName === undefined ? {} : { bucket: bucketName }),
    });
    this.encryption = sseS3Default(this, this.bucket.id, this.storage);
    this.versioning = declareVersioning({ scope: this, storage: this.storage, bucket: this.bucket }, props);
    this.target = publishTarget(this, bucketName ?? this.bucket.bucket, this.storage, [this.bucket, this.encryption]);
    this.node.defaultChild = this.bucket;
  }

  /** The bucket's name, as a reference that makes whatever uses it wait for the bucket. */
  get bucketName(): string {
    return this.bucket.bucket;
  }
}
