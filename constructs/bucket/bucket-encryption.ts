import type { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { type TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { checkedProps, type Fields, text } from "../checked-props.js";
import {
  type BlockedEncryptionTypesProps,
  blockEncryptionTypes,
  blockedEncryptionTypesFields,
  blockedEncryptionTypesProblems,
} from "../features/blocked-encryption-types.js";
import { encryptionDefault, type KmsKeyProps, kmsKeyFields, kmsKeyProblems } from "../features/encryption-default.js";
import { type ForEachProps, forEachFields, forEachProblems } from "../features/for-each.js";
import { type DefaultRemovalProps, defaultRemovalFields } from "../features/lifetime.js";
import { type MoveProps, moveFields, moveParts, moveProblems } from "../features/move.js";
import { refuseTwoOwners } from "../require/setting-owners.js";
import { foreignStorage, type ObjectStorageProvider, storageOf } from "../storage/object-storage-provider.js";
import { bucketNameProblems } from "./bucket-name.js";
import { publishTarget } from "./publish-target.js";
import { bucketReferenceFields } from "./unmanaged-bucket.js";

export interface BucketEncryptionProps
  extends BlockedEncryptionTypesProps,
    DefaultRemovalProps,
    ForEachProps,
    KmsKeyProps,
    MoveProps {
  /** The bucket: its name, or a reference to a bucket of this app. */
  readonly bucketName: string;
  /**
   * The store and region of the bucket.
   * @default - the only ObjectStorageProvider of the stack
   */
  readonly storage?: ObjectStorageProvider;
}

const fields = {
  bucketName: text(),
  ...bucketReferenceFields,
  ...blockedEncryptionTypesFields,
  ...forEachFields,
  ...kmsKeyFields,
  ...moveFields,
  ...defaultRemovalFields,
} satisfies Fields<BucketEncryptionProps>;

/**
 * The default encryption of a bucket that already exists and is managed elsewhere: SSE-S3
 * (`AES256`), or SSE-KMS with a `kmsKey`. The bucket itself stays as it is.
 * If you remove this construct from the code, Terraform removes the default too, whatever `removal`
 * says: see `UnmanagedBucket`.
 */
export class BucketEncryption extends Construct {
  public readonly storage: ObjectStorageProvider;
  public readonly bucketName: string;
  public readonly encryption: S3BucketServerSideEncryptionConfigurationA;
  /**
   * The Terraform output `bucketseal_<id>`. Its value is a `BucketTarget`, or `BucketTargets` with
   * `forEach`.
   */
  public readonly target: TerraformOutput;

  /**
   * @throws if no `storage` is given and the stack has no ObjectStorageProvider or several, or if
   * the store has no default encryption
   */
  constructor(scope: Construct, id: string, given: BucketEncryptionProps) {
    super(scope, id);
    const { usable: props, problems } = checkedProps(given, fields);
    this.storage = props.storage ?? storageOf(this);
    this.bucketName = props.bucketName;
    this.node.addValidation({
      validate: () => [
        ...problems,
        ...foreignStorage(this, this.storage),
        ...bucketNameProblems(props.bucketName, this.storage),
        ...forEachProblems(props, this.encryption, this.storage),
        ...blockedEncryptionTypesProblems(props, this.storage),
        ...kmsKeyProblems(props, this.storage),
        ...moveProblems(props, this),
      ],
    });

    this.encryption = encryptionDefault(this, props.bucketName, this.storage, props);
    blockEncryptionTypes(props, this);
    this.target = publishTarget(this, props.bucketName, this.storage, [this.encryption]);
    moveParts(this, props);
    refuseTwoOwners(TerraformStack.of(this));
    this.node.defaultChild = this.encryption;
  }
}
