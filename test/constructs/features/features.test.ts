import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import { describe, expect, it } from "vitest";
import { BUCKET_PARTS } from "../../../constructs/features/features.js";
import { supportProblems } from "../../../constructs/features/store-support.js";
import { EncryptedBucket } from "../../../constructs/index.js";
import { type BucketSubResource, type ProviderId, providers } from "../../../providers/index.js";
import { stackOn, stackOnOvhcloud, storageOn, synth, warningsOf } from "../synth.js";

/** A bucket with every part that an EncryptedBucket can have. */
function fullBucket(): EncryptedBucket {
  const { stack } = stackOn("aws");
  const destination = new EncryptedBucket(stack, "replica", { versioning: "enabled" });
  return new EncryptedBucket(stack, "full", {
    defaultRetention: { mode: "governance", days: 1 },
    cors: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }],
    website: { indexDocument: "index.html" },
    enforceTls: true,
    blockPublicAccess: true,
    ownership: "BucketOwnerEnforced",
    serverAccessLogs: { bucket: new EncryptedBucket(stack, "logs") },
    replication: { destination, role: "arn:aws:iam::111122223333:role/replicate" },
  });
}

/** On OVHcloud the target of logs gets an ACL. */
function logBucket(): EncryptedBucket {
  const { stack } = stackOn("ovhcloud");
  const logs = new EncryptedBucket(stack, "logs");
  new EncryptedBucket(stack, "logged", { serverAccessLogs: { bucket: logs } });
  return logs;
}

function partsOf(bucket: IConstruct): TerraformResource[] {
  return bucket.node.findAll().filter((node) => TerraformResource.isTerraformResource(node));
}

describe("the parts of an EncryptedBucket", () => {
  it("keep the addresses that Terraform state hangs on", () => {
    const addresses = [fullBucket(), logBucket()]
      .flatMap(partsOf)
      .map((part) => `${part.terraformResourceType}.${part.friendlyUniqueId}`);
    expect(addresses.sort()).toEqual([
      "aws_s3_bucket.full_bucket_8B2BDEEA",
      "aws_s3_bucket.logs_bucket_5A22438C",
      "aws_s3_bucket_acl.logs_log-delivery_F5DABAC3",
      "aws_s3_bucket_cors_configuration.full_cors_3B30CD43",
      "aws_s3_bucket_lifecycle_configuration.full_lifecycle_80BC9187",
      "aws_s3_bucket_logging.full_access-logs_B2BEAE68",
      "aws_s3_bucket_object_lock_configuration.full_object-lock_63D4204F",
      "aws_s3_bucket_ownership_controls.full_ownership_4BC676D6",
      "aws_s3_bucket_policy.full_policy_AC6AE3FB",
      "aws_s3_bucket_public_access_block.full_public-access_313BD3ED",
      "aws_s3_bucket_replication_configuration.full_replication_67523819",
      "aws_s3_bucket_server_side_encryption_configuration.full_encryption_C93233E4",
      "aws_s3_bucket_server_side_encryption_configuration.logs_encryption_22B51FEE",
      "aws_s3_bucket_versioning.full_versioning_39038E29",
      "aws_s3_bucket_website_configuration.full_website_116B6226",
    ]);
  });

  it("are all in BUCKET_PARTS, so that an UnmanagedBucket forgets each of them", () => {
    const parts = [fullBucket(), logBucket()].flatMap(partsOf);
    const found = Object.fromEntries(parts.map(({ node, terraformResourceType: type }) => [node.id, type]));
    const known = BUCKET_PARTS.map(({ id, type }) => [id, type]);
    expect(found).toEqual({ bucket: "aws_s3_bucket", ...Object.fromEntries(known) });
  });
});

/** A bucket on a store whose documents do not mention versioning. */
function bucketWhereVersioningIsUndocumented(provider: ProviderId) {
  const { stack, storage } = stackOn(provider);
  const versioning = { value: "undocumented", source: "undocumented: probe it" };
  const subResources = { ...storage.store.subResources, versioning };
  Object.assign(storage, { store: { ...storage.store, subResources } });
  return { stack, bucket: new EncryptedBucket(stack, "invoices", { versioning: "enabled" }) };
}

describe("a property that no document of the store mentions", () => {
  it("is declared with a warning that names it and the store", () => {
    const { stack, bucket } = bucketWhereVersioningIsUndocumented("scaleway");
    expect(warningsOf(bucket)).toEqual([
      "versioning: no document of Scaleway Object Storage says whether it has versioning, so the deployment may fail",
    ]);
    expect(Object.keys(synth(stack).resource)).toContain("aws_s3_bucket_versioning");
  });

  it("causes no warning on a generic store, of which nothing is known", () => {
    expect(warningsOf(bucketWhereVersioningIsUndocumented("generic").bucket)).toEqual([]);
  });

  it("causes no warning if it is documented or not used", () => {
    const { stack } = stackOn("scaleway");
    expect(warningsOf(new EncryptedBucket(stack, "one", { versioning: "enabled" }))).toEqual([]);
    expect(warningsOf(new EncryptedBucket(stack, "two"))).toEqual([]);
  });
});

describe("a property that the store lacks", () => {
  it("is reported with the store, the source, and an alternative with its own source", () => {
    const [problem] = supportProblems("enforceTls", "policy", stackOnOvhcloud().storage);
    expect(problem).toMatch(
      /^enforceTls cannot be used on OVHcloud Object Storage, which has no bucket policies \(https:\S+s3_s3_compliancy\S+\): leave it out; instead, give each user its rights by a user policy: .* \(https:\S+s3_identity_and_access_management\S+\)$/,
    );
  });

  it("is to be left out if no alternative is known", () => {
    const [problem] = supportProblems("notifications", "notification", stackOnOvhcloud().storage);
    expect(problem).toMatch(/has no event notifications \(https:\S+\): leave it out$/);
  });

  it("is not reported if the store has it, or if no document mentions it", () => {
    expect(supportProblems("versioning", "versioning", stackOnOvhcloud().storage)).toEqual([]);
    expect(supportProblems("replication", "replication", storageOn("scaleway"))).toEqual([]);
  });
});

describe("the alternative", () => {
  const stores = Object.entries(providers).map(([id, { alternatives }]) => [id as ProviderId, alternatives] as const);

  it.each(stores)("is given on %s only for what cannot be declared there", (id, alternatives) => {
    const { subResources, replication } = providers[id];
    const canBeDeclared = (name: string) =>
      subResources[name as BucketSubResource].value !== "unsupported" &&
      !(name === "policy" && providers[id].bucketPolicies.denials.value === "unsupported") &&
      !(name === "policy" && providers[id].bucketPolicies.judged.value === "anonymous") &&
      !(name === "replication" && replication.declarable.value === "unsupported");
    expect(Object.keys(alternatives).filter(canBeDeclared)).toEqual([]);
  });
});
