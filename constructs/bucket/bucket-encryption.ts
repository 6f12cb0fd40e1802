import type { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import type { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { storageOf } from "../storage/storage-of.js";
import { bucketNameProblems } from "./bucket-name.js";
import { publishTarget } from "./publish-target.js";
import { sseS3Default } from "./sse-s3-default.js";

export interface BucketEncryptionProps {
  /** The bucket: its name, or a reference to one that this app declares. */
  readonly bucketName: string;
  /**
   * The store and region that the bucket lives in.
   * @default - the only ObjectStorageProvider of the stack
   */
  readonly storage?: ObjectStorageProvider;
}

/**
 * The SSE-S3 (`AES256`) default of a bucket that exists already and is managed elsewhere; the bucket itself is left alone.
 * Destroying it takes the default away again: new objects are then plaintext on stores that do not encrypt by themselves.
 */
export class BucketEncryption extends Construct {
  public readonly storage: ObjectStorageProvider;
  public readonly encryption: S3BucketServerSideEncryptionConfigurationA;
  /** The output `bucketseal_<id>`, whose value is a `BucketTarget`. */
  public readonly target: TerraformOutput;

  /** @throws where the stack has no store or several and none is given, or the store has no default encryption */
  constructor(scope: Construct, id: string, props: BucketEncryptionProps) {
    super(scope, id);
    this.storage = props.storage ?? storageOf(this);
    this.node.addValidation({ validate: () => bucketNameProblems(props.bucketName, this.storage) });

    this.encryption = sseS3Default(this, props.bucketName, this.storage);
    this.target = publishTarget(this, props.bucketName, this.storage, [this.encryption]);
    this.node.defaultChild = this.encryption;
  }
}
