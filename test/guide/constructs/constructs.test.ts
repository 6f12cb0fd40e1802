import { readFileSync } from "node:fs";
import { Testing } from "cdktf";
import { Construct } from "constructs";
import { describe, expect, it } from "vitest";
import { EncryptedBucket, type EncryptedBucketProps, type ObjectStorageProvider } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { stackOn, warningsOf } from "../../constructs/synth.js";
import { fencedBlocks } from "../pages/fenced-blocks.js";
import { namesIn, PAGE, rowsOf } from "./page.js";
import { SNIPPETS } from "./snippets.js";

type Sample = (scope: Construct, storage: ObjectStorageProvider) => EncryptedBucketProps;

const encrypted = (scope: Construct, id: string) => new EncryptedBucket(scope, id, { versioning: "enabled" });

/** The smallest value of each property. */
const SAMPLES: Readonly<Partial<Record<keyof EncryptedBucketProps, Sample>>> = {
  kmsKey: () => ({ kmsKey: "alias/acme" }),
  versioning: () => ({ versioning: "enabled" }),
  objectLock: () => ({ objectLock: true }),
  defaultRetention: () => ({ defaultRetention: { mode: "governance", days: 1 } }),
  lifecycleRules: () => ({ lifecycleRules: [{ id: "old", expirationDays: 1 }] }),
  abortIncompleteMultipartUploadDays: () => ({ abortIncompleteMultipartUploadDays: 7 }),
  tags: () => ({ tags: { team: "billing" } }),
  cors: () => ({ cors: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }] }),
  website: () => ({ website: { indexDocument: "index.html" } }),
  serverAccessLogs: (scope) => ({ serverAccessLogs: { bucket: new EncryptedBucket(scope, "logs") } }),
  replication: (scope, { store }) => ({
    versioning: "enabled",
    replication: {
      destination: encrypted(scope, "replica"),
      ...(store.replication.role.value === "required" ? { role: "arn:aws:iam::111122223333:role/replicate" } : {}),
    },
  }),
  enforceTls: () => ({ enforceTls: true }),
  denyUnencryptedUploads: () => ({ denyUnencryptedUploads: true }),
  denyCustomerKeys: () => ({ denyCustomerKeys: true }),
  requireCustomerKeys: () => ({ requireCustomerKeys: true }),
  blockPublicAccess: () => ({ blockPublicAccess: true }),
  ownership: () => ({ ownership: "BucketOwnerEnforced" }),
};

type Answer = "yes" | "no" | "?";

/**
 * For each property, whether a store accepts it, refuses it, or accepts it with a warning that no
 * document mentions it.
 */
function supportOn(provider: ProviderId): Readonly<Record<string, Answer>> {
  const answers = Object.entries(SAMPLES).map(([property, sample]) => [property, answer(provider, sample)] as const);
  return Object.fromEntries(answers);
}

function answer(provider: ProviderId, sample: Sample): Answer {
  const { stack, storage } = stackOn(provider);
  const bucket = new EncryptedBucket(stack, "bucket", sample(new Construct(stack, "others"), storage));
  if (bucket.node.validate().length > 0) return "no";
  return warningsOf(bucket).some((text) => text.includes("no document of")) ? "?" : "yes";
}

describe("the table of stores in docs/constructs.md", () => {
  const STORES: Readonly<Record<string, ProviderId>> = {
    OVHcloud: "ovhcloud",
    "Amazon S3": "aws",
    Scaleway: "scaleway",
    "Ceph RGW": "ceph-rgw",
    MinIO: "minio",
    "Backblaze B2": "backblaze-b2",
  };

  it.each(Object.entries(STORES))("matches a synth on %s", { tags: ["slow"] }, (name, provider) => {
    const column = Object.keys(STORES).indexOf(name) + 1;
    const said = rowsOf("property", ...Object.keys(STORES)).map((cells) => [namesIn(cells[0])[0], cells[column]]);
    expect(Object.fromEntries(said)).toEqual(supportOn(provider));
  });

  it("leaves out the generic store, which accepts all but kmsKey", () => {
    const { kmsKey, ...others } = supportOn("generic");
    expect(kmsKey).toBe("no");
    expect(new Set(Object.values(others))).toEqual(new Set(["yes"]));
  });

  it.each(["cloudflare-r2", "wasabi"] as const)("leaves out %s, where an EncryptedBucket is refused", (provider) => {
    const { stack } = stackOn(provider);
    expect(() => new EncryptedBucket(stack, "bucket")).toThrow("has no default encryption of buckets");
  });
});

describe("the code in docs/constructs.md", () => {
  const DECLARES: Readonly<Record<string, string>> = {
    unmanage: "removed",
    takeOver: "import",
    rename: "moved",
    policyOfOvhcloud: "output",
  };
  const shown = fencedBlocks(PAGE).filter(({ language }) => language === "ts");
  const source = unindented(readFileSync(new URL("./snippets.ts", import.meta.url), "utf8"));

  it.each(shown.map(({ line, text }) => [line, text] as const))(
    "on line %i is code that the tests run",
    (_line, text) => {
      expect(source).toContain(unindented(text));
    },
  );

  it("contains all that the tests run", () => expect(shown).toHaveLength(Object.keys(SNIPPETS).length));

  it.each(Object.entries(SNIPPETS))("declares something: %s", { tags: ["slow"] }, (name, declare) => {
    // Amazon S3 replicates with a role, which the page does not show.
    const { stack } = stackOn(name === "bothWays" ? "ovhcloud" : "aws");
    declare(stack);
    // The validation of an import needs Terraform.
    const json = JSON.parse(Testing.synth(stack, name !== "takeOver")) as object;
    expect(json).toHaveProperty(DECLARES[name] ?? "resource");
  });
});

function unindented(text: string): string {
  return text.replaceAll(/^ +/gm, "");
}
