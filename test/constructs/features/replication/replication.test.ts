import { TerraformVariable, Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import {
  BucketEncryption,
  EncryptedBucket,
  ObjectStorageProvider,
  type Replication,
} from "../../../../constructs/index.js";
import type { ProviderId } from "../../../../providers/index.js";
import { expression, newStack, resourcesOf, stackOn, synth, warningsOf } from "../../synth.js";
import { type Ends, replicating, role } from "./replicating.js";

const TYPE = "aws_s3_bucket_replication_configuration";
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";

const ruleOf = (provider: ProviderId, ends: Ends = {}) => {
  const [found] = resourcesOf(synth(replicating(provider, ends).stack), TYPE);
  return [found?.rule].flat()[0];
};

describe("replication", () => {
  it("declares one rule for all objects if both ends keep versions", () => {
    const { stack, backup, invoices } = replicating("aws");
    expect(resourcesOf(synth(stack), TYPE)).toEqual([
      {
        bucket: expression(`aws_s3_bucket.${invoices.bucket.friendlyUniqueId}.id`),
        provider: "aws",
        role,
        depends_on: [
          `aws_s3_bucket_versioning.${invoices.versioning?.friendlyUniqueId}`,
          `aws_s3_bucket_versioning.${backup.versioning?.friendlyUniqueId}`,
        ],
        rule: [
          {
            id: "replication",
            priority: 1,
            status: "Enabled",
            filter: { prefix: "" },
            delete_marker_replication: { status: "Disabled" },
            destination: {
              bucket: `arn:aws:s3:::${expression(`aws_s3_bucket.${backup.bucket.friendlyUniqueId}.bucket`)}`,
            },
          },
        ],
      },
    ]);
    expect(invoices.replication?.friendlyUniqueId).toBe("invoices_replication_2BDA6513");
  });

  it("needs no role on OVHcloud, and ignores the role that the store returns", () => {
    const { stack } = replicating("ovhcloud");
    expect(resourcesOf(synth(stack), TYPE)).toMatchObject([{ role: "", lifecycle: { ignore_changes: ["role"] } }]);
  });

  it.each([
    [{ prefix: "2026/" }, { prefix: "2026/" }],
    [{ tags: { team: "a" } }, { tag: { key: "team", value: "a" } }],
    [{ tags: { team: "a", kind: "b" } }, { and: { prefix: "", tags: { team: "a", kind: "b" } } }],
    [{ prefix: "2026/", tags: { team: "a" } }, { and: { prefix: "2026/", tags: { team: "a" } } }],
  ])("selects objects by %j", (rule, filter) => expect(ruleOf("ovhcloud", { rule })).toMatchObject({ filter }));

  it("copies storage class and delete markers if asked to", () => {
    expect(ruleOf("ovhcloud", { rule: { storageClass: "STANDARD_IA", deleteMarkers: true } })).toMatchObject({
      delete_marker_replication: { status: "Enabled" },
      destination: { storage_class: "STANDARD_IA" },
    });
  });

  it("copies objects under a KMS key, under the key of the destination", () => {
    expect(ruleOf("aws", { source: { kmsKey: "alias/invoices" }, destination: { kmsKey: KEY } })).toMatchObject({
      source_selection_criteria: { sse_kms_encrypted_objects: { status: "Enabled" } },
      destination: { encryption_configuration: { replica_kms_key_id: KEY } },
    });
    const rule = { replicaKmsKey: KEY };
    expect(ruleOf("aws", { rule, source: { kmsKey: "alias/invoices" } })).toMatchObject({
      destination: { encryption_configuration: { replica_kms_key_id: KEY } },
    });
    expect(ruleOf("aws", { destination: { kmsKey: KEY } })).not.toHaveProperty("source_selection_criteria");
  });

  it("accepts an existing bucket whose default this app declares", () => {
    const { stack } = stackOn("ovhcloud");
    const destination = new BucketEncryption(stack, "legacy", { bucketName: "acme-legacy" });
    new EncryptedBucket(stack, "invoices", { versioning: "enabled", replication: { destination } });
    expect(resourcesOf(synth(stack), TYPE)).toMatchObject([
      { rule: [{ destination: { bucket: "arn:aws:s3:::acme-legacy" } }] },
    ]);
  });

  it("accepts a role that is a reference, and warns if no document of the store mentions it", () => {
    const { stack } = stackOn("scaleway");
    const destination = new EncryptedBucket(stack, "backup", { versioning: "enabled" });
    const reference = new TerraformVariable(stack, "role", {}).stringValue;
    const invoices = new EncryptedBucket(stack, "invoices", {
      versioning: "enabled",
      replication: { destination, role: reference },
    });
    expect(resourcesOf(synth(stack), TYPE)).toMatchObject([{ role: expression("var.role") }]);
    expect(warningsOf(invoices)).toEqual([expect.stringMatching(/^replication: no document of Scaleway/)]);
  });
});

describe("replication by several rules", () => {
  const toTwo = (rules: readonly [Partial<Replication>, Partial<Replication>] = [{}, {}]) => {
    const { stack } = stackOn("ovhcloud");
    const declare = (id: string) =>
      new EncryptedBucket(stack, id, { bucketName: `acme-${id}`, versioning: "enabled", removal: "destroy" });
    const [near, far] = [declare("near"), declare("far")];
    const replication = [
      { destination: near, ...rules[0] },
      { destination: far, ...rules[1] },
    ];
    return {
      stack,
      invoices: new EncryptedBucket(stack, "invoices", { versioning: "enabled", replication }),
      near,
      far,
    };
  };

  it("goes to several buckets, and gives each rule an id and a priority", () => {
    const { stack, invoices, near, far } = toTwo([{ prefix: "a/" }, {}]);
    const [found, ...others] = resourcesOf(synth(stack), TYPE);
    expect(others).toEqual([]);
    expect(found?.rule).toMatchObject([
      { id: "replication", priority: 1, filter: { prefix: "a/" } },
      { id: "replication-2", priority: 2, filter: { prefix: "" } },
    ]);
    expect(found?.depends_on).toEqual(
      [invoices, near, far].map(({ versioning }) => `aws_s3_bucket_versioning.${versioning?.friendlyUniqueId}`),
    );
  });

  it("uses the given ids and priorities", () => {
    const { stack } = toTwo([
      { id: "near", priority: 20 },
      { id: "far", priority: 10 },
    ]);
    expect(resourcesOf(synth(stack), TYPE)[0]?.rule).toMatchObject([
      { id: "near", priority: 20 },
      { id: "far", priority: 10 },
    ]);
  });

  it("declares nothing for an empty list", () => {
    const { stack } = stackOn("ovhcloud");
    expect(new EncryptedBucket(stack, "invoices", { replication: [] }).replication).toBeUndefined();
    expect(resourcesOf(synth(stack), TYPE)).toEqual([]);
  });

  it.each<[string, [Partial<Replication>, Partial<Replication>], string]>([
    ["of the same id", [{ id: "a" }, { id: "a" }], 'two rules with the id "a"; give each an id of its own'],
    ["of an id that another rule has by default", [{}, { id: "replication" }], 'two rules with the id "replication"'],
    ["of the same priority", [{ priority: 2 }, {}], "two rules with the priority 2; give each a priority of its own"],
    ["with an invalid priority", [{}, { priority: -1 }], "replication[1].priority -1 cannot be used; give a whole"],
    ["without an id", [{}, { id: "" }], "replication[1].id has 1 to 255 characters, but this one has 0"],
    [
      "into an unknown class",
      [{}, { storageClass: "COLD" }],
      'replication[1].storageClass "COLD" is not a storage class',
    ],
  ])("refuses rules %s", (_, rules, text) => {
    expect(() => synth(toTwo(rules).stack)).toThrow(text);
  });

  it("refuses two roles, since a bucket has one, and a misspelled property with its place", () => {
    const { stack } = stackOn("aws");
    const destination = new EncryptedBucket(stack, "backup", { versioning: "enabled" });
    const replication = [
      { destination, role, prefix: "a/" },
      { destination, role: `${role}-2`, prefix: "b/" },
    ];
    new EncryptedBucket(stack, "invoices", { versioning: "enabled", replication });
    expect(() => synth(stack)).toThrow("replication has 2 roles; a bucket has one for all its rules");
    const misspelled = [{ destination, role }, { destination, role, prefx: "b/" } as never];
    new EncryptedBucket(stack, "others", { versioning: "enabled", replication: misspelled });
    expect(() => synth(stack)).toThrow('replication[1] "prefx" is not a known property; did you mean "prefix"?');
  });
});

describe("replication both ways", () => {
  const pair = (provider: ProviderId = "ovhcloud") => {
    const { stack } = stackOn(provider);
    const by = provider === "aws" ? { role } : {};
    const paris = new EncryptedBucket(stack, "paris", { bucketName: "acme-paris", versioning: "enabled" });
    const replication = { destination: paris, ...by };
    const milan = new EncryptedBucket(stack, "milan", { bucketName: "acme-milan", versioning: "enabled", replication });
    return { stack, paris, milan, by };
  };

  it.each(["ovhcloud", "aws"] as const)(
    "declares a rule for each bucket on %s, neither of which waits for the other's",
    (provider) => {
      const { stack, paris, milan, by } = pair(provider);
      paris.addReplication({ destination: milan, ...by });
      const versionings = [paris, milan].map(
        ({ versioning: of }) => `aws_s3_bucket_versioning.${of?.friendlyUniqueId}`,
      );
      const found = resourcesOf(synth(stack), TYPE);
      expect(found).toHaveLength(2);
      for (const each of found) expect([...(each.depends_on as string[])].sort()).toEqual([...versionings].sort());
      expect([paris, milan].map(({ replicationRules }) => replicationRules.map((rule) => rule.destination))).toEqual([
        [milan],
        [paris],
      ]);
      expect(paris.replication?.friendlyUniqueId).toMatch(/^paris_replication_/);
    },
  );

  it("adds a rule to those of the property, and keeps the first one", () => {
    const { stack, paris, milan } = pair();
    const third = new EncryptedBucket(stack, "third", { bucketName: "acme-third", versioning: "enabled" });
    milan.addReplication({ destination: third });
    paris.addReplication({ destination: milan, prefix: "a/" });
    const byBucket = resourcesOf(synth(stack), TYPE).map(({ rule }) => (rule as { id: string }[]).map(({ id }) => id));
    expect(byBucket.sort((one, other) => one.length - other.length)).toEqual([
      ["replication"],
      ["replication", "replication-2"],
    ]);
  });

  it("refuses with addReplication all that the property refuses", () => {
    const { stack, paris, milan } = pair();
    paris.addReplication({ destination: paris });
    expect(() => synth(stack)).toThrow("replication cannot go into the bucket itself");
    milan.addReplication({ destination: paris, deleteMarker: true } as never);
    expect(() => synth(stack)).toThrow(
      'replication "deleteMarker" is not a known property; did you mean "deleteMarkers"?',
    );
    const { stack: other, paris: here } = pair();
    here.addReplication({ destination: new EncryptedBucket(other, "unversioned") });
    expect(() => synth(other)).toThrow('give the destination versioning: "enabled"');
  });

  it("is refused between stacks, which cannot wait for each other, and one way is accepted", () => {
    const app = Testing.app();
    const [one, other] = ["one", "other"].map((id) => {
      const stack = newStack(id, app);
      new ObjectStorageProvider(stack, "storage", { provider: "ovhcloud", region: "gra" });
      return new EncryptedBucket(stack, "bucket", { bucketName: `acme-${id}`, versioning: "enabled" });
    }) as [EncryptedBucket, EncryptedBucket];
    one.addReplication({ destination: other });
    expect(() => app.synth()).not.toThrow();
    other.addReplication({ destination: one });
    expect(() => app.synth()).toThrow(
      'replication goes both ways between stacks, so neither can be deployed before the other; declare this bucket and "other/bucket" in one stack',
    );
  });
});
