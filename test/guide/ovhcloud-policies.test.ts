// @module-tag slow
import { readFileSync } from "node:fs";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ovhUserPolicy } from "../../constructs/index.js";
import { ovhUserPolicyActions, rightsFor } from "../../providers/index.js";
import { DEFAULT_CREDENTIALS, type SandboxUser } from "../../sandbox/index.js";
import { clientOf, createBucket, openRehearsal, plain, plaintextOf, type Rehearsal } from "../cli/rehearsal.js";
import { fencedBlocks } from "./pages/fenced-blocks.js";

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}

const { bucket, object } = ovhUserPolicyActions.value;
const SUPPORTED = new Set([...bucket, ...object]);
/** Allowed to every user as it is. */
const ALLOWED_BY_DEFAULT = "s3:ListAllMyBuckets";
const READ_FOR_A_COPY_ALONE = new Set(["s3:GetObjectAcl", "s3:GetObjectTagging", "s3:ListMultipartUploadParts"]);

const read = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), "utf8");
const actionsOf = (json: string) => (JSON.parse(json) as Policy).Statement.flatMap(({ Action }) => Action).sort();

const blocks = fencedBlocks(read("ovhcloud.md"));
const policyNamed = (name: string) => blocks.find(({ info }) => info.includes(name))?.text ?? "";
const everything = actionsOf(read("iam-policy.json"));
const forOvhcloud = everything.filter((action) => SUPPORTED.has(action) && action !== ALLOWED_BY_DEFAULT);
const buckets = ["acme-invoices"];

describe("the user policies of docs/ovhcloud.md", () => {
  const user = (accessKeyId: string, policy: string): SandboxUser => ({
    accessKeyId,
    secretAccessKey: "secret",
    policy,
  });
  const auditor = user("AUDITOR", ovhUserPolicy({ use: "audit", buckets }));
  const sealer = user("SEALER", ovhUserPolicy({ use: "migrate", buckets }));
  const reader = user("READER", ovhUserPolicy({ use: "read", buckets }));
  let rehearsal: Rehearsal;
  const placeOf = (credentials: SandboxUser) => {
    const { endpoint, region } = rehearsal.sandbox;
    return { endpoint, region, credentials };
  };
  beforeAll(async () => {
    rehearsal = await openRehearsal({ users: [DEFAULT_CREDENTIALS, auditor, sealer, reader] });
    await createBucket(rehearsal.client, "acme-invoices", plain(3));
    await createBucket(rehearsal.client, "acme-private", plain(3));
  });
  afterAll(() => rehearsal.close());

  test("equal the output of ovhUserPolicy", () => {
    expect(JSON.parse(policyNamed("audit-policy.json"))).toEqual(JSON.parse(ovhUserPolicy({ use: "audit", buckets })));
    expect(JSON.parse(policyNamed("migrate-policy.json"))).toEqual(
      JSON.parse(ovhUserPolicy({ use: "migrate", buckets })),
    );
  });

  test("contain the actions of iam-policy.json that OVHcloud supports, for an audit only its reads", () => {
    expect(Object.values(rightsFor.migrate).flat().sort()).toEqual(
      everything.filter((action) => action !== ALLOWED_BY_DEFAULT),
    );
    expect(actionsOf(ovhUserPolicy({ use: "migrate", buckets }))).toEqual(forOvhcloud);
    const reads = forOvhcloud.filter((action) => /^s3:(Get|List)/.test(action));
    expect(actionsOf(ovhUserPolicy({ use: "audit", buckets }))).toEqual(
      reads.filter((action) => !READ_FOR_A_COPY_ALONE.has(action)),
    );
  });

  test("allow a full audit, but no migration with the audit policy, which changes nothing", async () => {
    const audit = await rehearsal.as(auditor, "audit", "s3://acme-invoices", ...rehearsal.place);
    expect(audit).toMatchObject({ code: 0, stdout: expect.stringContaining("3 of 3 objects are unencrypted") });
    const migrate = await rehearsal.as(auditor, "migrate", "s3://acme-invoices", ...rehearsal.place);
    expect(migrate).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/are not allowed to write .* s3:PutObject.*: grant/),
    });
    expect(await plaintextOf(rehearsal.client, "acme-invoices")).toHaveLength(3);
  });

  test("allow a migration with --set-default", async () => {
    const migrate = await rehearsal.as(sealer, "migrate", "s3://acme-invoices", ...rehearsal.place, "--set-default");
    expect(migrate).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed: 0 of 3 objects") });
    expect(await plaintextOf(rehearsal.client, "acme-invoices")).toEqual([]);
  });

  test("allow no access to another bucket, and no deletion by a migration", async () => {
    for (const each of [auditor, sealer, reader]) {
      const other = await rehearsal.as(each, "audit", "s3://acme-private", ...rehearsal.place);
      expect(other).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('are not allowed to read bucket "acme-private"'),
      });
    }
    const s3 = clientOf(placeOf(sealer));
    for (const Key of ["k0", "new"]) {
      await expect(s3.send(new DeleteObjectCommand({ Bucket: "acme-invoices", Key }))).rejects.toThrow(
        "s3:DeleteObject",
      );
    }
    await expect(s3.send(new CreateBucketCommand({ Bucket: "acme-new" }))).rejects.toThrow("s3:CreateBucket");
    s3.destroy();
  });

  test("allow a reader to read, but not to write", async () => {
    const s3 = clientOf(placeOf(reader));
    const { Contents: [{ Key = "" } = {}] = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "acme-invoices" }));
    const object = { Bucket: "acme-invoices", Key };
    expect(await s3.send(new HeadObjectCommand(object))).toMatchObject({ ContentLength: expect.any(Number) });
    await expect(s3.send(new PutObjectCommand({ ...object, Body: "x" }))).rejects.toThrow("s3:PutObject");
    s3.destroy();
  });
});
