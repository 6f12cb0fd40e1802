import { describe, expect, it, test } from "vitest";
import { type GivenOptions, type MigrateOptions, migrate, readJournal } from "../../../migrate/index.js";
import type { Behaviour } from "../../../sandbox/index.js";
import { createBucket, putObject } from "../../buckets/raw-s3.js";
import { readBucket } from "../../buckets/read-bucket.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const FORGETS_ACL = { aclSentWithCopy: "ignored" } as const;
const FORGETS_CLASS = { storageClassSentWithCopy: "ignored" } as const;
/** How a run handles headers that a store does not accept. */
const NOT_TAKEN = ["ignored", "refused"] as const;
/** No parts, and no rewrite either: nothing would guard it. */
const PLAIN_COPIES_ALONE = { uploadPartCopy: "not-implemented", putConditions: "ignored" } as const;
const BY_DOCUMENTS = { assume: "documented", canary: false } as const;

const PUBLIC = { "x-amz-acl": "public-read" };
const COLD = { "x-amz-storage-class": "STANDARD_IA" };
/** Metadata that no request can send again: a plain copy alone keeps it. */
const KEPT_BY_COPY = { "content-encoding": "gzip;aws-chunked" };

/** Migrates one plain object and one with these headers, by what the run's own probe finds unless `more` says otherwise. */
async function migrateBeside(
  headers: Readonly<Record<string, string>>,
  behaviour: Partial<Behaviour>,
  more: Partial<MigrateOptions> = {},
) {
  const world = await startWorld({ profile: "reference", behaviour });
  await createBucket(world.raw, "bucket");
  await putObject(world.raw, "bucket", { key: "plain", body: Buffer.from("plain") });
  await putObject(world.raw, "bucket", { key: "special", body: Buffer.from("special"), headers });
  const before = await readBucket(world.raw, "bucket");
  const { runDir } = await migrate(await world.optionsFor("bucket", { assume: undefined, ...more }));
  const outcomes = await outcomesOf(runDir);
  const after = await readBucket(world.raw, "bucket");
  expect(outcomes.get("plain")?.outcome.kind).toBe("migrated");
  expect(after.get("plain")).toEqual({ ...before.get("plain"), encryption: "AES256" });
  const of = { before: before.get("special"), after: after.get("special") };
  const record = outcomes.get("special");
  return { ...of, outcome: record?.outcome, notes: record?.notes.join("; ") ?? "" };
}

describe("migrate, if the store drops or refuses grants sent with a copy,", () => {
  test("fails the object after it lost its grants, if nothing was probed", async () => {
    const { before, after, outcome } = await migrateBeside(PUBLIC, FORGETS_ACL, { ...BY_DOCUMENTS, race: "off" });
    expect(outcome).toMatchObject({ kind: "failed", reason: "differs-after-copy" });
    expect([before?.grants.length, after?.grants.length]).toEqual([2, 1]);
  });

  test.each(NOT_TAKEN)(
    "refuses an object with a public-read ACL if only single copies are possible (%s)",
    async (acl) => {
      const behaviour = { ...PLAIN_COPIES_ALONE, aclSentWithCopy: acl };
      const { before, after, outcome } = await migrateBeside(PUBLIC, behaviour);
      expect(outcome).toEqual({ kind: "refused", reason: "acl-cannot-be-carried" });
      expect(after).toEqual(before);
      expect(after?.encryption).toBeNull();
    },
  );

  test.each(NOT_TAKEN)("drops the grants if that loss was accepted, and notes it (%s)", async (acl) => {
    const accepting = { acceptLoss: ["acl"] } as const;
    const behaviour = { ...PLAIN_COPIES_ALONE, aclSentWithCopy: acl };
    const { before, after, outcome, notes } = await migrateBeside(PUBLIC, behaviour, accepting);
    expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
    expect(notes).toContain("its access control list could not be read or kept");
    expect(after).toEqual({ ...before, encryption: "AES256", grants: after?.grants });
    expect(after?.grants).toHaveLength(1);
  });

  test.each([
    ["rewrite", "auto"],
    ["copy-multipart", "off"],
  ] as const)("keeps the grants by %s under --race %s", { tags: ["slow"] }, async (strategy, race) => {
    const { before, after, outcome } = await migrateBeside(PUBLIC, FORGETS_ACL, {
      race,
      rewriteBelow: race === "auto" ? "1MiB" : 0,
    });
    expect(outcome).toMatchObject({ kind: "migrated", strategy });
    expect(after).toEqual({ ...before, encryption: "AES256", etag: after?.etag });
  });

  test("keeps the grants in a single copy if the store takes them or keeps them itself", {
    tags: ["slow"],
  }, async () => {
    for (const behaviour of [{}, { ...FORGETS_ACL, aclAfterCopy: "kept" }] as const) {
      const { before, after, outcome } = await migrateBeside(PUBLIC, { ...PLAIN_COPIES_ALONE, ...behaviour });
      expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
      expect(after).toEqual({ ...before, encryption: "AES256" });
    }
  });
});

describe("migrate, if the store refuses grants sent with writes,", () => {
  const granted = { "x-amz-grant-full-control": "id=sandbox-owner", "x-amz-grant-read": "id=another-account" };
  async function migrateGranted(behaviour: Partial<Behaviour>, more: Partial<MigrateOptions> = {}) {
    const { raw, sandbox, optionsFor } = await startWorld({ profile: "reference" });
    await createBucket(raw, "bucket");
    await putObject(raw, "bucket", { key: "granted", body: Buffer.from("granted"), headers: granted });
    await putObject(raw, "bucket", { key: "plain", body: Buffer.from("plain") });
    const before = await readBucket(raw, "bucket");
    sandbox.changeBehaviour(behaviour);
    const { runDir, verdict } = await migrate(await optionsFor("bucket", { assume: undefined, ...more }));
    return { before, after: await readBucket(raw, "bucket"), outcomes: await outcomesOf(runDir), verdict };
  }

  test("sends grants unquoted if the store refuses them in quotes, and loses none", { tags: ["slow"] }, async () => {
    const { before, after, outcomes, verdict } = await migrateGranted({ grantForm: "bare" });
    expect(outcomes.get("granted")?.outcome.kind).toBe("migrated");
    expect(after.get("granted")).toEqual({ ...before.get("granted"), encryption: "AES256" });
    expect(before.get("granted")?.grants).toContain("another-account READ");
    expect(verdict.kind).toBe("no-default");
  });

  test("refuses an object with grants if the store refuses both forms, and drops no grant", {
    tags: ["slow"],
  }, async () => {
    const refusing = { aclSentWithWrites: "refused", aclSentWithCopy: "refused" } as const;
    const { before, after, outcomes, verdict } = await migrateGranted(refusing);
    expect(outcomes.get("granted")?.outcome).toEqual({ kind: "refused", reason: "acl-cannot-be-carried" });
    expect(after.get("granted")).toEqual(before.get("granted"));
    expect(outcomes.get("plain")?.outcome.kind).toBe("migrated");
    expect(verdict.kind).not.toBe("sealed");
  });
});

describe("migrate, if the store drops or refuses the storage class sent with a copy,", () => {
  test("fails the object after it lost its storage class, if nothing was probed", async () => {
    const { before, after, outcome } = await migrateBeside(COLD, FORGETS_CLASS, { ...BY_DOCUMENTS, race: "off" });
    expect(outcome).toMatchObject({ kind: "failed", reason: "differs-after-copy" });
    const classes = [before, after].map((state) => state?.headers["x-amz-storage-class"]);
    expect(classes).toEqual(["STANDARD_IA", undefined]);
  });

  test("keeps the storage class by a multipart copy", { tags: ["slow"] }, async () => {
    const { before, after, outcome } = await migrateBeside(COLD, FORGETS_CLASS, { race: "off", rewriteBelow: 0 });
    expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy-multipart" });
    expect(after).toEqual({ ...before, encryption: "AES256", etag: after?.etag });
  });

  const onlyCopied = { ...COLD, ...KEPT_BY_COPY };

  test("refuses a STANDARD_IA object that only a single copy can carry", { tags: ["slow"] }, async () => {
    const { before, after, outcome } = await migrateBeside(onlyCopied, FORGETS_CLASS);
    expect(outcome).toEqual({ kind: "refused", reason: "storage-class-cannot-be-carried" });
    expect(after).toEqual(before);
  });

  test.each(NOT_TAKEN)(
    "drops the storage class if that loss was accepted, and notes it (%s)",
    { tags: ["slow"] },
    async (named) => {
      const accepting = { acceptLoss: ["storage-class"] } as const;
      const behaviour = { storageClassSentWithCopy: named };
      const { before, after, outcome, notes } = await migrateBeside(onlyCopied, behaviour, accepting);
      expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
      expect(notes).toContain(
        "its storage class (STANDARD_IA) is not kept by the store's copies, as --accept-loss allows",
      );
      const { "x-amz-storage-class": lost, ...headers } = before?.headers ?? {};
      expect(lost).toBe("STANDARD_IA");
      expect(after).toEqual({ ...before, encryption: "AES256", headers });
    },
  );

  test("keeps the storage class in a single copy if the store takes it", { tags: ["slow"] }, async () => {
    const { before, after, outcome } = await migrateBeside(onlyCopied, {});
    expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
    expect(after).toEqual({ ...before, encryption: "AES256" });
  });
});

const BUCKET = "tagged";
/** Questions that the store answers nobody. */
const UNANSWERED = ["GetObjectTagging", "GetObjectAcl"];

async function taggedWorld() {
  const world = await startWorld({
    intercept: ({ operation }) =>
      UNANSWERED.includes(operation) ? { kind: "error", status: 403, code: "AccessDenied" } : undefined,
  });
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  const put = {
    method: "PUT",
    path: `/${BUCKET}/key`,
    headers: { "x-amz-tagging": "a=1&b=2" },
    body: Buffer.alloc(2048),
  };
  await world.raw.send(put);
  const options = (more: object) => world.optionsFor(BUCKET, more);
  const head = async () => (await world.raw.send({ method: "HEAD", path: `/${BUCKET}/key` })).headers;
  return { options, head };
}

async function notesOf(runDir: string): Promise<string[]> {
  const notes: string[] = [];
  for await (const record of readJournal(runDir)) if (record.kind === "outcome") notes.push(...record.notes);
  return notes;
}

describe("migrate, if tags and ACL cannot be read", () => {
  it("refuses the object and leaves it unencrypted", async () => {
    const { options, head } = await taggedWorld();
    const { summary } = await migrate(await options({}));
    expect(summary.total.outcomes.refused.objects).toBe(1);
    expect((await head())["x-amz-server-side-encryption"]).toBeUndefined();
  });

  it("accepts both losses with --accept-loss, keeps the tags in a single copy, and notes what may be lost", async () => {
    const { options, head } = await taggedWorld();
    const { summary, runDir } = await migrate(await options({ acceptLoss: ["acl", "tags"], race: "off" }));
    expect(summary.total.outcomes.migrated.objects).toBe(1);
    expect(await head()).toMatchObject({ "x-amz-server-side-encryption": "AES256", "x-amz-tagging-count": "2" });
    expect((await notesOf(runDir)).join("; ")).toMatch(/access control list could not be read.*tags could not be read/);
  });

  it("accepts that a multipart copy loses the tags, and counts the object as migrated", async () => {
    const { options, head } = await taggedWorld();
    const { summary } = await migrate(await options({ acceptLoss: ["acl", "tags"], copyCutoff: 1024 }));
    expect(summary.total.outcomes.migrated.objects).toBe(1);
    expect((await head())["x-amz-tagging-count"]).toBeUndefined();
  });
});

/** A bucket with an object in GLACIER that was restored, and a common one. */
async function migrated(more: Partial<GivenOptions> = {}) {
  const world = await startWorld({ profile: "reference" });
  const send = (method: string, path: string, headers = {}, body = "") =>
    world.raw.send({ method, path, headers, body: Buffer.from(body) });
  await send("PUT", "/mine");
  await send("PUT", "/mine/cold", { "x-amz-storage-class": "GLACIER" }, "cold");
  await send("PUT", "/mine/common", {}, "common");
  await send("POST", "/mine/cold?restore=", {}, "<RestoreRequest><Days>3</Days></RestoreRequest>");
  const options = await world.optionsFor("mine", { provider: "aws", race: "off", ...more });
  await migrate(options);
  const outcomes = [...(await outcomesOf(options.out ?? "")).values()];
  const cold = outcomes.find(({ key }) => key === "cold");
  const { status } = await send("GET", "/mine/cold");
  return { cold, status, common: outcomes.find(({ key }) => key === "common")?.outcome.kind };
}

test("an object restored from an archive class is skipped with its reason, and stays readable", async () => {
  const { cold, status, common } = await migrated();
  expect(cold?.outcome).toEqual({ kind: "skipped", reason: "restored-archive" });
  expect([status, common]).toEqual([200, "migrated"]);
});

test("a restored object is copied if --accept-loss allows it, and the journal notes the re-archival", async () => {
  const { cold, status } = await migrated({ acceptLoss: ["restore"] });
  expect(cold?.outcome.kind).toBe("migrated");
  expect(cold?.notes.join()).toContain("archived again (GLACIER)");
  expect(status).toBe(403);
});
