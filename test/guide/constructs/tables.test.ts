import { describe, expect, it } from "vitest";
import { BUCKET_PARTS } from "../../../constructs/features/features.js";
import { firstNames, INTERFACES, interfacesOf, namesIn, propertiesOf, rowsOf } from "./page.js";

describe("the properties in docs/constructs.md", () => {
  it.each([
    ["EncryptedBucketProps", ["property", "default"]],
    ["BucketEncryptionProps", ["of `BucketEncryption`"]],
    ["ObjectStorageProviderProps", ["of `ObjectStorageProvider`"]],
    ["RequireEncryptionProps", ["of `RequireEncryption`"]],
  ])("match %s", (name, heads) => {
    const properties = propertiesOf(name).map((property) => property.name);
    expect(firstNames(rowsOf(...heads)).sort()).toEqual(properties.sort());
  });

  it.each(INTERFACES.filter((name) => name.endsWith("Props")))("are readonly, each with a default: %s", (name) => {
    const lacking = propertiesOf(name).filter(
      (property) => !property.readonly || (property.optional && property.default === undefined),
    );
    expect(lacking).toEqual([]);
  });

  it("are reported if they lack one of these", () => {
    const text = `
export interface Lacking
  extends One,
    Two {
  /** Nothing is said of a default. */
  readonly first?: { readonly inner: string };
  /**
   * Can be written.
   * @default - none
   */
  second?: () => void;
}
`;
    const first = { name: "first", default: undefined, optional: true, readonly: true };
    const second = { name: "second", default: "- none", optional: true, readonly: false };
    expect(interfacesOf(text)).toEqual([["Lacking", { parents: ["One", "Two"], own: [first, second] }]]);
  });
});

describe("the ids in docs/constructs.md", () => {
  it("match the parts", () => {
    const resources = rowsOf("id", "resource").filter(([, resource]) => !resource?.includes("data source"));
    const types = resources.map(([id, resource]) => [namesIn(id)[0], namesIn(resource)[0]]);
    const parts = BUCKET_PARTS.map(({ id, type }) => [id, type]);
    expect(Object.fromEntries(types)).toEqual({ bucket: "aws_s3_bucket", ...Object.fromEntries(parts) });
  });
});

/**
 * The properties of aws-cdk-lib's `Bucket`, of 2.275:
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_s3.BucketProps.html
 */
const CDK_BUCKET = `
  abacStatus accessControl autoDeleteObjects blockPublicAccess blockedEncryptionTypes bucketKeyEnabled bucketName bucketNamePrefix
  bucketNamespace cors encryption encryptionKey enforceSSL eventBridgeEnabled intelligentTieringConfigurations inventories lifecycleRules
  metrics minimumTLSVersion notificationsHandlerRole notificationsSkipDestinationValidation objectLockDefaultRetention objectLockEnabled
  objectOwnership publicReadAccess removalPolicy replicationRole replicationRules serverAccessLogsBucket serverAccessLogsPrefix
  targetObjectKeyFormat transferAcceleration transitionDefaultMinimumObjectSize versioned websiteErrorDocument websiteIndexDocument
  websiteRedirect websiteRoutingRules addToResourcePolicy addEventNotification fromBucketName fromBucketArn fromBucketAttributes
`;

/**
 * The variables of https://github.com/terraform-aws-modules/terraform-aws-s3-bucket, of version 5.
 */
const AWS_MODULE = `
  create_bucket region tags bucket bucket_prefix bucket_namespace force_destroy expected_bucket_owner owner is_directory_bucket type
  data_redundancy availability_zone_id location_type logging acl grant website versioning server_side_encryption_configuration
  allowed_kms_key_arn acceleration_status request_payer cors_rule lifecycle_rule transition_default_minimum_object_size
  object_lock_enabled object_lock_configuration replication_configuration attach_policy policy attach_public_policy
  attach_elb_log_delivery_policy attach_lb_log_delivery_policy lb_log_delivery_policy_source_organizations
  attach_access_log_delivery_policy access_log_delivery_policy_source_* attach_waf_log_delivery_policy
  attach_cloudtrail_log_delivery_policy attach_deny_insecure_transport_policy attach_require_latest_tls_policy
  attach_deny_incorrect_encryption_headers attach_deny_incorrect_kms_key_sse attach_deny_unencrypted_object_uploads
  attach_deny_ssec_encrypted_object_uploads attach_inventory_destination_policy attach_analytics_destination_policy block_public_acls
  block_public_policy ignore_public_acls restrict_public_buckets skip_destroy_public_access_block control_object_ownership
  object_ownership intelligent_tiering metric_configuration inventory_* analytics_* create_metadata_configuration metadata_*
`;

/**
 * The arguments of
 * https://registry.terraform.io/providers/ovh/ovh/latest/docs/resources/cloud_project_storage, and
 * of the resources beside it.
 */
const OVH_STORAGE = `
  service_name region_name name encryption.sse_algorithm versioning.status object_lock.status object_lock.rule replication.rules tags
  owner_id limit marker prefix hide_objects ovh_cloud_project_storage_object_bucket_lifecycle_configuration ovh_cloud_project_user_s3_policy
`;

const TABLES = ["CDK", "module", "argument"] as const;
const rows = TABLES.flatMap((head) => rowsOf(head, "here"));

/** Methods and a function, which are not properties. */
const OTHERS = [
  ...["addToResourcePolicy", "fromBucketName", "grantRead", "grantReadWrite", "grantMigrate", "grantAudit"],
  ...["arnForObjects", "ovhUserPolicy"],
];

describe("the comparison in docs/constructs.md", () => {
  it.each([
    ["CDK", CDK_BUCKET],
    ["module", AWS_MODULE],
    ["argument", OVH_STORAGE],
  ])('names everything under "%s" once', (head, all) => {
    const named = firstNames(rowsOf(head, "here"));
    const wanted = all.trim().split(/\s+/);
    expect(wanted.filter((name) => !named.includes(name))).toEqual([]);
    expect(named.filter((name, index) => named.indexOf(name) !== index)).toEqual([]);
  });

  it("says of each that it is supported, or why it is left out", () => {
    const words = rows.map((cells) => cells[2] ?? "");
    expect(words.length).toBeGreaterThan(60);
    expect(
      words.filter((text) => !/^supported\b|^left out(?: as (?:a switch|switches))?[:,] \S+ \S+/.test(text)),
    ).toEqual([]);
  });

  it("names our property beside each supported one, and no property that does not exist", () => {
    const ours = propertiesOf("EncryptedBucketProps").map(({ name }) => name);
    const named = rows.flatMap((cells) => namesIn(cells[1]));
    expect(named.filter((name) => ![...ours, ...OTHERS].includes(name))).toEqual([]);
    expect(rows.filter(([, here, words]) => words?.startsWith("left out") && here !== "")).toEqual([]);
  });
});
