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
import { type BucketPolicy, bucketPolicy } from "../policy/bucket-policy.js";
import { policyProblems, publicProblems } from "../policy/policy-problems.js";
import { bucketArn, type PolicyStatement, policyStatementFields } from "../policy/policy-statement.js";
import { grantProblems, iamPolicy } from "../policy/user-policies.js";
import { refuseTwoOwners } from "../require/setting-owners.js";
import { foreignStorage, type ObjectStorageProvider, storageOf } from "../storage/object-storage-provider.js";
import { bucketNameProblems, nameClashes } from "./bucket-name.js";
import { BucketReference, type BucketReferenceProps } from "./bucket-reference.js";
import {
  bucketConfig,
  type EncryptedBucketProps,
  encryptedBucketFields,
  resolvedProps,
} from "./encrypted-bucket-props.js";
import { publishTarget } from "./publish-target.js";

/**
 * A bucket that encrypts by default: SSE-S3 (`AES256`), or SSE-KMS with a `kmsKey`. No property makes it plaintext.
 *
 * The default covers what is written from then on; objects that were there before are re-encrypted by `bucketseal migrate`,
 * which finds the bucket through the output that this construct publishes (see `BucketTarget`).
 * Its parts keep their ids (docs/constructs.md lists them); changing its own id, or one above it, replaces the bucket without `movedFrom`.
 */
export class EncryptedBucket extends ConstructWithParts {
  /** What it was declared with, and what that implies. */
  public readonly props: EncryptedBucketProps;
  public readonly storage: ObjectStorageProvider;
  public readonly bucket: S3Bucket;
  public readonly encryption: S3BucketServerSideEncryptionConfigurationA;
  /** The output `bucketseal_<id>`, whose value is a `BucketTarget`. */
  public readonly target: TerraformOutput;
  readonly #policy: BucketPolicy;
  readonly #replication: BucketReplication;

  /** @throws where the stack has no store or several and none is given, or the store has no default encryption */
  constructor(scope: Construct, id: string, given: EncryptedBucketProps = {}) {
    super(scope, id);
    const { usable, problems } = checkedProps(given, encryptedBucketFields);
    const props = resolvedProps(usable);
    const { bucketName } = props;
    this.props = props;
    this.storage = props.storage ?? storageOf(this);
    // All that is wrong in an app is told at once, so nothing is refused before its synth.
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
    // A policy that is put while public policies are being blocked can be refused.
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

  /** A bucket that is managed elsewhere, to refer to: nothing is declared, and nothing claimed of its encryption. */
  static fromBucketName(
    scope: Construct,
    id: string,
    bucketName: string,
    props: BucketReferenceProps = {},
  ): BucketReference {
    return new BucketReference(scope, id, bucketName, props);
  }

  /** The bucket's name, as a reference that makes whatever uses it wait for the bucket; with `forEach` that of the same key. */
  get bucketName(): string {
    return attributeOf(this.bucket, "bucket");
  }

  get bucketArn(): string {
    return bucketArn(this.bucketName, this.storage);
  }

  /** The bucket's policy, once a property or `addToResourcePolicy` has a statement in it. */
  get policy(): S3BucketPolicy | undefined {
    return this.#policy.resource;
  }

  /** What replicates, once a property or `addReplication` has a rule in it. */
  get replication(): S3BucketReplicationConfigurationA | undefined {
    return this.#replication.resource;
  }

  /** The rules by which it replicates, those of `addReplication` too. */
  get replicationRules(): readonly Replication[] {
    return this.#replication.asked;
  }

  /** Adds a rule to `replication`: into a bucket that was declared after this one, as where two replicate into each other. */
  addReplication(rule: Replication): void {
    const { problems } = checkedProps({ replication: rule }, { replication: replicationRule });
    this.node.addValidation({ validate: () => [...problems] });
    if (problems.length > 0) return;
    if (this.#replication.asked.length === 0)
      warnWhereUndocumented(this, "addReplication", "replication", this.storage);
    this.#replication.add(rule);
  }

  /** The ARN of the objects whose keys fit `pattern`, in which `*` stands for anything, as in `2024/*`. */
  arnForObjects(pattern: string): string {
    return `${this.bucketArn}/${pattern}`;
  }

  /**
   * An IAM policy (JSON) that allows to read objects, and to list them; with `prefix` those alone whose keys begin with it.
   * For `policy` of an IAM resource, or among the `sourcePolicyDocuments` of a `DataAwsIamPolicyDocument`.
   */
  grantRead(prefix = ""): string {
    return this.#grant("grantRead", "read", prefix);
  }

  /** The same that allows to write and delete objects too; older versions are not deleted. */
  grantReadWrite(prefix = ""): string {
    return this.#grant("grantReadWrite", "read-write", prefix);
  }

  /** The same with the rights of `bucketseal audit`. */
  grantAudit(prefix = ""): string {
    return this.#grant("grantAudit", "audit", prefix);
  }

  /** The same with the rights of `bucketseal migrate`; `--versions` purge and replay need more: see docs/versions.md. */
  grantMigrate(prefix = ""): string {
    return this.#grant("grantMigrate", "migrate", prefix);
  }

  #grant(method: string, use: BucketUse, prefix: string): string {
    this.node.addValidation({ validate: () => grantProblems(method, this.storage) });
    return iamPolicy(this, use, { arn: this.bucketArn, prefix }, this.props.kmsKey);
  }

  /** Adds a statement to the bucket's policy; synth fails where the store has no policies, or none that do what it says. */
  addToResourcePolicy(statement: PolicyStatement): void {
    const name = statement.sid === undefined ? "" : ` "${statement.sid}"`;
    const askedBy = `the policy statement${name}`;
    const { problems } = checkedProps(statement, policyStatementFields);
    this.node.addValidation({ validate: () => problems.map((problem) => `${askedBy}: ${problem}`) });
    if (problems.length === 0) this.#policy.add({ askedBy, statement });
    warnWhereUndocumented(this, "addToResourcePolicy", "policy", this.storage);
  }
}
