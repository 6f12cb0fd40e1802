import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_CREDENTIALS, type SandboxUser } from "../../sandbox/index.js";
import { createBucket, plain, plaintextOf } from "../cli/bucket.js";
import { openRehearsal, type Rehearsal } from "../cli/rehearsal.js";
import { fencedBlocks } from "./pages/fenced-blocks.js";

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}

/**
 * Those that a run may need, of all that a user policy can name:
 * https://github.com/ovh/docs/blob/develop/pages/storage_and_backup/object_storage/s3_identity_and_access_management/guide.en-gb.md
 */
const SUPPORTED = new Set(
  [
    ...["AbortMultipartUpload", "DeleteObject", "GetBucketObjectLockConfiguration", "GetBucketVersioning"],
    ...["GetEncryptionConfiguration", "GetLifecycleConfiguration", "GetObject", "GetObjectAcl", "GetObjectLegalHold"],
    ...["GetObjectRetention", "GetObjectTagging", "GetReplicationConfiguration", "ListAllMyBuckets", "ListBucket"],
    ...["ListBucketMultipartUploads", "ListBucketVersions", "ListMultipartUploadParts", "PutEncryptionConfiguration"],
    ...["PutObject", "PutObjectAcl", "PutObjectLegalHold", "PutObjectRetention", "PutObjectTagging"],
  ].map((action) => `s3:${action}`),
);
/** Allowed to every user as it is. */
const ALLOWED_BY_DEFAULT = "s3:ListAllMyBuckets";
const READ_FOR_A_COPY_ALONE = new Set(["s3:GetObjectAcl", "s3:GetObjectTagging", "s3:ListMultipartUploadParts"]);
/** The sandbox tells these apart as AWS does; OVHcloud's list does not name them. */
const OF_VERSIONS = /^s3:\w+ObjectVersion/;

const read = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), "utf8");
const actionsOf = (json: string) => (JSON.parse(json) as Policy).Statement.flatMap(({ Action }) => Action).sort();

const blocks = fencedBlocks(read("ovhcloud.md"));
const policyNamed = (name: string) => actionsOf(blocks.find(({ info }) => info.includes(name))?.text ?? "");
const everything = actionsOf(read("iam-policy.json"));
const forOvhcloud = everything.filter((action) => SUPPORTED.has(action) && action !== ALLOWED_BY_DEFAULT);
const forAudit = policyNamed("audit-policy.json");
const forMigrate = policyNamed("migrate-policy.json");

describe("the user policies of docs/ovhcloud.md", () => {
  const others = (granted: readonly string[]) => everything.filter((action) => !granted.includes(action));
  const auditor: SandboxUser = { accessKeyId: "AUDITOR", secretAccessKey: "secret", deny: others(forAudit) };
  const sealer: SandboxUser = {
    accessKeyId: "SEALER",
    secretAccessKey: "secret",
    deny: others(forMigrate).filter((action) => !OF_VERSIONS.test(action)),
  };
  let rehearsal: Rehearsal;
  beforeAll(async () => {
    rehearsal = await openRehearsal({ users: [DEFAULT_CREDENTIALS, auditor, sealer] });
    await createBucket(rehearsal.client, "acme-invoices", plain(3));
  });
  afterAll(() => rehearsal.close());

  test("name what iam-policy.json names and OVHcloud supports, and the audit's what it reads", () => {
    expect(forMigrate).toEqual(forOvhcloud);
    const reads = forOvhcloud.filter((action) => /^s3:(Get|List)/.test(action));
    expect(forAudit).toEqual(reads.filter((action) => !READ_FOR_A_COPY_ALONE.has(action)));
  });

  test("are enough for an audit that finds all, and not for a migration, which then touches nothing", async () => {
    const audit = await rehearsal.as(auditor, "audit", "s3://acme-invoices", ...rehearsal.place);
    expect(audit).toMatchObject({ code: 0, stdout: expect.stringContaining("3 of 3 objects are unencrypted") });
    const migrate = await rehearsal.as(auditor, "migrate", "s3://acme-invoices", ...rehearsal.place);
    expect(migrate).toMatchObject({ code: 3, stderr: expect.stringMatching(/may not write .* s3:PutObject.*: grant/) });
    expect(await plaintextOf(rehearsal.client, "acme-invoices")).toHaveLength(3);
  });

  test("are enough for a migration with the default encryption set", async () => {
    const migrate = await rehearsal.as(sealer, "migrate", "s3://acme-invoices", ...rehearsal.place, "--set-default");
    expect(migrate).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed: 0 of 3 objects") });
    expect(await plaintextOf(rehearsal.client, "acme-invoices")).toEqual([]);
  });
});
