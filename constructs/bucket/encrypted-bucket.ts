import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import type { S3BucketReplicationConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration/index.js";
import type { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { type TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { BucketUse } from "../../providers/index.js";
import { checkedProps } from "../checked-props.js";
import { blockEncryptionTypes } from "../features/blocked-encryption-types.js";
import { encryptionDefault } from "../features/encryption-default.js";
import {
  ConstructWithParts,
  connectParts,
  declareParts,
  featureProblems,
  policyStatements,
  warnOfFeatures,
} from "../features/features.js";
import { attributeOf } from "../features/for-each.js";
import { moveParts } from "../features/move.js";
import {
  type BucketReplication,
  bucketReplication,
  replicationProblems,
  replicationRules,
} from "../features/replication/replication.js";
import { type Replication, replicationRule } from "../features/replication/replication-rule.js";
import { warnWhereUndocumented } from "../features/store-support.js";
import { type BucketPolicy, bucketPolicy, policyProblems, publicProblems } from "../policy/bucket-policy.js";
import { bucketArn, type PolicyStatement, policyStatementFields } from "../policy/policy-statement.js";
import { grantProblems, iamPolicy } from "../policy/user-policies.js";
import { refuseTwoOwners } from "../require/setting-owners.js";
import { foreignStorage, type ObjectStorageProvider, storageOf } from "../storage/object-storage-provider.js";
import { bucketNameProblems, nameClashes } from "./bucket-name.js";
import {
  bucketConfig,
  type EncryptedBucketProps,
  encryptedBucketFields,
  resolvedProps,
} from "./encrypted-bucket-props.js";
import { publishTarget } from "./publish-target.js";
import { BucketReference, type BucketReferenceProps } from "./unmanaged-bucket.js";

/**
 * A bucket that encrypts by default: SSE-S3 (`AES256`), or SSE-KMS with a `kmsKey`. No property
 * makes it plaintext.
 *
 * The default applies to objects that are written from then on. `bucketseal migrate` re-encrypts
 * older objects, and finds the bucket by the output that this construct publishes (see
 * `BucketTarget`).
 *
 * Invalid props do not throw: synth reports all problems together.
 *
 * The ids of the parts never change (docs/constructs.md lists them). If you change the id of the
 * construct, or of one above it, Terraform replaces the bucket unless `movedFrom` is given. On
 * stores other than Amazon S3 lifecycle rules are part of the bucket, so `lifecycle` is undefined
 * there.
 */
export class EncryptedBucket extends ConstructWithParts {
  /** The given props, with the values that they imply. */
  public readonly props: EncryptedBucketProps;
  public readonly storage: ObjectStorageProvider;
  public readonly bucket: S3Bucket;
  public readonly encryption: S3BucketServerSideEncryptionConfigurationA;
  /**
   * The Terraform output `bucketseal_<id>`. Its value is a `BucketTarget`, or `BucketTargets` with
   * `forEach`.
   */
  public readonly target: TerraformOutput;
  readonly #policy: BucketPolicy;
  readonly #replication: BucketReplication;

  /**
   * @throws if no `storage` is given and the stack has no ObjectStorageProvider or several, or if
   * the store has no default encryption
   */
  constructor(scope: Construct, id: string, given: EncryptedBucketProps = {}) {
    super(scope, id);
    const { usable, problems } = checkedProps(given, encryptedBucketFields);
    const props = resolvedProps(usable);
    const { bucketName } = props;
    this.props = props;
    this.storage = props.storage ?? storageOf(this);
    // Synth reports all problems of an app together, so the constructor refuses nothing.
    this.node.addValidation({
      validate: () => [
        ...problems,
        ...foreignStorage(this, this.storage),
        ...bucketNameProblems(bucketName, this.storage),
        ...featureProblems(props, this),
        ...nameClashes(this.bucket, this.storage),
        ...replicationProblems(this.replicationRules, this),
        ...policyProblems(this.#policy.asked, this.storage),
        ...publicProblems(this.#policy.asked, this.publicAccess),
      ],
    });
    warnOfFeatures(props, this);

    this.bucket = new S3Bucket(this, "bucket", bucketConfig(props, this.storage));
    if (props.importExisting && bucketName !== undefined) this.bucket.importFrom(bucketName, this.storage.aws);
    this.encryption = encryptionDefault(this, attributeOf(this.bucket, "id"), this.storage, props);
    blockEncryptionTypes(props, this);
    declareParts(props, this);
    // The store may refuse a policy that arrives while the public access block is being set.
    this.#policy = bucketPolicy(this, this.publicAccess === undefined ? [] : [this.publicAccess]);
    this.#policy.add(...policyStatements(props, this));
    connectParts(props, this);
    this.#replication = bucketReplication(this);
    this.#replication.add(...replicationRules(props));
    this.target = publishTarget(this, bucketName, this.storage, [this.bucket, this.encryption]);
    moveParts(this, props);
    refuseTwoOwners(TerraformStack.of(this));
    this.node.defaultChild = this.bucket;
  }

  /**
   * A reference to a bucket that is managed elsewhere. It declares nothing, and says nothing about
   * the bucket's encryption.
   * @throws if no `storage` is given and the stack has no ObjectStorageProvider or several
   */
  static fromBucketName(
    scope: Construct,
    id: string,
    bucketName: string,
    props: BucketReferenceProps = {},
  ): BucketReference {
    return new BucketReference(scope, id, bucketName, props);
  }

  /**
   * The bucket's name as a reference, so that resources which use it depend on the bucket. With
   * `forEach` it refers to the bucket of the same key.
   */
  get bucketName(): string {
    return attributeOf(this.bucket, "bucket");
  }

  get bucketArn(): string {
    return bucketArn(this.bucketName, this.storage);
  }

  /**
   * The bucket policy. It is undefined until a property or `addToResourcePolicy` adds a statement.
   */
  get policy(): S3BucketPolicy | undefined {
    return this.#policy.resource;
  }

  /**
   * The replication configuration. It is undefined until a property or `addReplication` adds a
   * rule.
   */
  get replication(): S3BucketReplicationConfigurationA | undefined {
    return this.#replication.resource;
  }

  /** All replication rules, including those of `addReplication`. */
  get replicationRules(): readonly Replication[] {
    return this.#replication.asked;
  }

  /**
   * Adds a rule to `replication`. Use it if the destination is declared after this bucket, such as
   * when two buckets replicate into each other.
   */
  addReplication(rule: Replication): void {
    const { problems } = checkedProps({ replication: rule }, { replication: replicationRule });
    this.node.addValidation({ validate: () => [...problems] });
    if (problems.length > 0) return;
    if (this.#replication.asked.length === 0)
      warnWhereUndocumented(this, "addReplication", "replication", this.storage);
    this.#replication.add(rule);
  }

  /** The ARN of the objects whose keys match `pattern`. `*` matches any text, as in `2024/*`. */
  arnForObjects(pattern: string): string {
    return `${this.bucketArn}/${pattern}`;
  }

  /**
   * An IAM policy as JSON that allows listing the bucket and reading objects, with `prefix` only
   * objects whose keys start with it. Pass it as `policy` of an IAM resource, or as one of the
   * `sourcePolicyDocuments` of a `DataAwsIamPolicyDocument`. Synth fails on stores without IAM.
   */
  grantRead(prefix = ""): string {
    return this.#grant("grantRead", "read", prefix);
  }

  /**
   * Like `grantRead`, and also allows writing and deleting objects, but not noncurrent versions.
   */
  grantReadWrite(prefix = ""): string {
    return this.#grant("grantReadWrite", "read-write", prefix);
  }

  /** Like `grantRead`, with the rights of `bucketseal audit`. */
  grantAudit(prefix = ""): string {
    return this.#grant("grantAudit", "audit", prefix);
  }

  /**
   * Like `grantRead`, with the rights of `bucketseal migrate`. `--versions` purge and replay need
   * more rights: see docs/versions.md.
   */
  grantMigrate(prefix = ""): string {
    return this.#grant("grantMigrate", "migrate", prefix);
  }

  #grant(method: string, use: BucketUse, prefix: string): string {
    this.node.addValidation({ validate: () => grantProblems(method, this.storage) });
    return iamPolicy(this, use, { arn: this.bucketArn, prefix }, this.props.kmsKey);
  }

  /**
   * Adds a statement to the bucket policy. Synth fails if the store has no policies, or does not
   * enforce what the statement says.
   */
  addToResourcePolicy(statement: PolicyStatement): void {
    const name = statement.sid === undefined ? "" : ` "${statement.sid}"`;
    const askedBy = `the policy statement${name}`;
    const { problems } = checkedProps(statement, policyStatementFields);
    this.node.addValidation({ validate: () => problems.map((problem) => `${askedBy}: ${problem}`) });
    if (problems.length === 0) this.#policy.add({ askedBy, statement });
    warnWhereUndocumented(this, "addToResourcePolicy", "policy", this.storage);
  }
}
