import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { S3BucketCorsConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-cors-configuration/index.js";
import type { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import type { S3BucketLoggingA } from "@cdktf/provider-aws/lib/s3-bucket-logging/index.js";
import type { S3BucketObjectLockConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-object-lock-configuration/index.js";
import type { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import type { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import type { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import type { S3BucketReplicationConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-replication-configuration/index.js";
import type { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import type { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import type { S3BucketWebsiteConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-website-configuration/index.js";
import { type TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { BucketUse } from "../../providers/index.js";
import { checkedProps } from "../checked-props.js";
import { accessControlStatements, warnOfLockout } from "../features/access-control.js";
import { blockEncryptionTypes } from "../features/blocked-encryption-types.js";
import { declareCors } from "../features/cors.js";
import { encryptionDefault } from "../features/encryption-default.js";
import { attributeOf, forEachProblems } from "../features/for-each.js";
import { declareLifecycle } from "../features/lifecycle/declare-lifecycle.js";
import { warnOfSuspension } from "../features/lifecycle/lifecycle-problems.js";
import { moveParts } from "../features/move.js";
import { declareDefaultRetention } from "../features/object-lock.js";
import { declareOwnership } from "../features/ownership.js";
import { declarePublicAccess } from "../features/public-access.js";
import {
  type BucketReplication,
  bucketReplication,
  replicationProblems,
  replicationRules,
} from "../features/replication/replication.js";
import { type Replication, replicationRule } from "../features/replication/replication-rule.js";
import { declareServerAccessLogs } from "../features/server-access-logs.js";
import { warnWhereUndocumented } from "../features/store-support.js";
import { declareVersioning } from "../features/versioning.js";
import { declareWebsite } from "../features/website.js";
import { type BucketPolicy, bucketPolicy } from "../policy/bucket-policy.js";
import { policyProblems, publicProblems } from "../policy/policy-problems.js";
import { bucketArn, type PolicyStatement, policyStatementFields } from "../policy/policy-statement.js";
import { grantProblems, iamPolicy } from "../policy/user-policies.js";
import { refuseTwoOwners } from "../require/setting-owners.js";
import { type ObjectStorageProvider, storageOf } from "../storage/object-storage-provider.js";
import { bucketProblems, warnOfUndocumented } from "./bucket-features.js";
import { nameClashes } from "./bucket-name.js";
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
export class EncryptedBucket extends Construct {
  /** What it was declared with, and what that implies. */
  public readonly props: EncryptedBucketProps;
  public readonly storage: ObjectStorageProvider;
  public readonly bucket: S3Bucket;
  public readonly encryption: S3BucketServerSideEncryptionConfigurationA;
  public readonly versioning: S3BucketVersioningA | undefined;
  public readonly objectLock: S3BucketObjectLockConfigurationA | undefined;
  /** Undefined where the rules are part of the bucket itself: on stores other than Amazon S3. */
  public readonly lifecycle: S3BucketLifecycleConfiguration | undefined;
  public readonly cors: S3BucketCorsConfiguration | undefined;
  public readonly website: S3BucketWebsiteConfiguration | undefined;
  public readonly publicAccess: S3BucketPublicAccessBlock | undefined;
  public readonly ownership: S3BucketOwnershipControls | undefined;
  public readonly accessLogs: S3BucketLoggingA | undefined;
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
        ...bucketProblems(props, this.storage, this),
        ...forEachProblems(props, this.bucket, this.storage),
        ...nameClashes(this.bucket, this.storage),
        ...replicationProblems(this.#replication.asked, props, this.storage, this),
        ...policyProblems(this.#policy.asked, this.storage),
        ...publicProblems(this.#policy.asked, this.publicAccess),
      ],
    });
    warnOfUndocumented(this, props, this.storage);
    warnOfSuspension(this, props, this.storage);

    this.bucket = new S3Bucket(this, "bucket", bucketConfig(props, this.storage));
    if (props.importExisting && bucketName !== undefined) this.bucket.importFrom(bucketName, this.storage.aws);
    this.encryption = encryptionDefault(this, attributeOf(this.bucket, "id"), this.storage, props);
    blockEncryptionTypes(this, props, this.storage, this.encryption);
    const parts = { scope: this, storage: this.storage, bucket: this.bucket };
    this.versioning = declareVersioning(parts, props);
    this.objectLock = declareDefaultRetention(parts, props, [this.versioning]);
    this.lifecycle = declareLifecycle(parts, props, [this.versioning]);
    this.cors = declareCors(parts, props);
    this.website = declareWebsite(parts, props);
    this.publicAccess = declarePublicAccess(parts, props);
    this.ownership = declareOwnership(parts, props);
    // A policy that is put while public policies are being blocked can be refused.
    this.#policy = bucketPolicy(parts, this.publicAccess === undefined ? [] : [this.publicAccess]);
    warnOfLockout(this, props, this.storage);
    this.#policy.add(...accessControlStatements(parts, props, props.kmsKey === undefined ? "AES256" : "aws:kms"));
    this.accessLogs = declareServerAccessLogs(parts, props);
    this.#replication = bucketReplication(parts, props, this.versioning);
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
