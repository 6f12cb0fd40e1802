import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  GetObjectAclCommand,
  type ObjectOwnership,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { testObjectPrefixes } from "../../providers/index.js";
import type { Fault, InterceptedRequest } from "../../sandbox/index.js";
import { createBucket, encryptionOf, openRehearsal, plain } from "./rehearsal.js";

const COUNT = 6;
const GROUND =
  "access control lists are disabled in this bucket (Object Ownership: BucketOwnerEnforced), so none were read";
const MEANWHILE = "access control lists were disabled in this bucket, so the run read none";

type Rehearsed = Awaited<ReturnType<typeof rehearse>>;

/** A bucket whose objects in plaintext everybody may read, by a grant of each, unless Object Ownership disables that. */
async function rehearse(
  ownership: ObjectOwnership,
  fault: (request: InterceptedRequest, rehearsed: () => Rehearsed) => Promise<Fault | undefined> = async () =>
    undefined,
) {
  const asked: string[] = [];
  const rehearsal = await openRehearsal({
    profile: "reference",
    intercept: async (request) => {
      const isOfTest = testObjectPrefixes.some((prefix) => request.key.includes(prefix));
      if (!isOfTest && request.key !== "") asked.push(request.operation);
      return isOfTest ? undefined : fault(request, () => rehearsed);
    },
  });
  onTestFinished(rehearsal.close);
  const { client, sandbox, folder } = rehearsal;
  const own = (ObjectOwnership: ObjectOwnership) =>
    client.send(
      new PutBucketOwnershipControlsCommand({ Bucket: "open", OwnershipControls: { Rules: [{ ObjectOwnership }] } }),
    );
  await createBucket(
    client,
    "open",
    [...plain(COUNT)].map((object) => ({ ...object, ACL: "public-read" as const })),
  );
  await own(ownership);
  const grants = async () => {
    const keys = Object.keys(await encryptionOf(client, "open"));
    const acls = keys.map((Key) => client.send(new GetObjectAclCommand({ Bucket: "open", Key })));
    return (await Promise.all(acls)).map(({ Grants = [] }) => Grants.map(({ Permission }) => Permission).join());
  };
  const migrate = async (...args: readonly string[]) => {
    asked.length = 0;
    const place = ["--provider", "aws", "--region", sandbox.region, "--endpoint", sandbox.endpoint];
    const ran = await rehearsal.cli("migrate", "s3://open", ...place, "--out", join(folder, "run"), ...args);
    const counts = { acls: asked.filter((name) => name === "GetObjectAcl").length, heads: headsIn(asked) };
    const run = JSON.parse(await readFile(join(folder, "run", "run.json"), "utf8"));
    const files = (await readdir(join(folder, "run"))).filter((file) => /^report\.(html|md)$/.test(file));
    const reports = await Promise.all(files.map((file) => readFile(join(folder, "run", file), "utf8")));
    return { ...ran, ...counts, found: run.buckets[0], reports };
  };
  const rehearsed = { ...rehearsal, own, grants, migrate };
  return rehearsed;
}

const headsIn = (asked: readonly string[]) => asked.filter((name) => name === "HeadObject").length;
const encrypted = (count: number) => Array.from({ length: count }, () => "AES256");

describe("a migration of a bucket that disables access control lists", () => {
  async function readsNone(_: string, args: readonly string[]): Promise<void> {
    const { client, migrate, grants } = await rehearse("BucketOwnerEnforced");
    const ran = await migrate("--format", "html,md", ...args);
    expect(ran).toMatchObject({ code: 0, acls: 0 });
    expect(ran.heads).toBeGreaterThanOrEqual(2 * COUNT);
    expect(Object.values(await encryptionOf(client, "open"))).toEqual(encrypted(COUNT));
    expect(await grants()).toEqual(Array.from({ length: COUNT }, () => "FULL_CONTROL"));
    expect(ran.found.ownership).toEqual({ kind: "present", setting: "BucketOwnerEnforced" });
    expect(ran.found.warnings.join()).not.toMatch(/owner of copies|access control/);
    expect(ran.reports).toHaveLength(2);
    for (const report of ran.reports) expect(report).toContain(`${GROUND}; the same at the end`);
  }

  const copies = "reads none, and says on what ground, if it copies %s";
  test.each([["in one piece", ["--workers", "1"]]])(copies, readsNone);
  test.each([
    ["in two worker processes", ["--workers", "2"]],
    ["in parts", ["--rewrite-below", "1", "--race", "strict"]],
    ["without test objects", ["--assume", "documented", "--no-canary"]],
  ])(copies, { tags: "slow" }, readsNone);

  test("reads none of a bucket with versions either, before or after a copy", { tags: "slow" }, async () => {
    const { client, migrate } = await rehearse("BucketOwnerEnforced");
    const VersioningConfiguration = { Status: "Enabled" as const };
    await client.send(new PutBucketVersioningCommand({ Bucket: "open", VersioningConfiguration }));
    expect(await migrate("--versions", "replay")).toMatchObject({ code: 0, acls: 0 });
    expect(Object.values(await encryptionOf(client, "open"))).toEqual(encrypted(COUNT));
  });

  test("warns if somebody enables them during the run", { tags: ["slow"] }, async () => {
    const { migrate } = await rehearse("BucketOwnerEnforced", async ({ operation }, rehearsed) => {
      if (operation === "CopyObject") await rehearsed().own("ObjectWriter");
      return undefined;
    });
    const ran = await migrate("--format", "html,md");
    expect(ran).toMatchObject({ code: 0, acls: 0, stderr: expect.stringContaining(MEANWHILE) });
    expect(ran.found.atEnd.ownership).toEqual({ kind: "present", setting: "ObjectWriter" });
    for (const report of ran.reports) {
      expect(report).toContain(MEANWHILE);
      expect(report).toContain(`${GROUND}; at the end: Object Ownership: ObjectWriter`);
    }
  });
});

describe("a migration reads the access control list of each object and carries its grants", () => {
  const READ = Array.from({ length: COUNT }, () => "FULL_CONTROL,READ");

  async function readsEach(ownership: ObjectOwnership): Promise<void> {
    const { migrate, grants } = await rehearse(ownership);
    const ran = await migrate("--format", "md");
    expect(ran.code).toBe(0);
    expect(ran.acls).toBeGreaterThanOrEqual(2 * COUNT);
    expect(await grants()).toEqual(READ);
    expect(ran.reports[0]).toContain(`read before each copy (Object Ownership: ${ownership})`);
  }

  test.each<ObjectOwnership>(["ObjectWriter"])("under %s", { tags: ["slow"] }, readsEach);
  test.each<ObjectOwnership>(["BucketOwnerPreferred"])("under %s", { tags: "slow" }, readsEach);

  test.each([
    ["may not be read", { status: 403, code: "AccessDenied" }, "unreadable"],
    ["is not set", { status: 404, code: "OwnershipControlsNotFoundError" }, "absent"],
    ["is not implemented", { status: 501, code: "NotImplemented" }, "unsupported"],
  ])("if Object Ownership %s", { tags: "slow" }, async (_, fault, kind) => {
    const { migrate, grants } = await rehearse("ObjectWriter", async ({ operation }) =>
      operation === "GetBucketOwnershipControls" ? { kind: "error", ...fault } : undefined,
    );
    const ran = await migrate();
    expect(ran).toMatchObject({ code: 0, found: { ownership: { kind } } });
    expect(ran.acls).toBeGreaterThanOrEqual(2 * COUNT);
    expect(await grants()).toEqual(READ);
  });
});

test("an audit does not ask for Object Ownership", async () => {
  const { cli, sandbox } = await rehearse("BucketOwnerEnforced");
  sandbox.resetCalls();
  const place = ["--provider", "aws", "--region", sandbox.region, "--endpoint", sandbox.endpoint];
  expect(await cli("audit", "s3://open", ...place)).toMatchObject({ code: 0 });
  expect(sandbox.calls.GetBucketOwnershipControls ?? 0).toBe(0);
});
