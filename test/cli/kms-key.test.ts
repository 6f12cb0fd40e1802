import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  GetBucketEncryptionCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectLockConfigurationCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Behaviour } from "../../sandbox/index.js";
import { customerKeyHeaders } from "../buckets/mixed-objects.js";
import { createBucket, type NewObject, putObject, rawS3 } from "../buckets/raw-s3.js";
import { readObject } from "../buckets/read-bucket.js";
import { listing, openRehearsal } from "./rehearsal.js";

const MIB = 1024 * 1024;
const ARN = "arn:aws:kms:sandbox:000000000000:key/";
const VAULT = "11111111-1111-4111-8111-111111111111";
const OTHER = "22222222-2222-4222-8222-222222222222";
const OFF = "33333333-3333-4333-8333-333333333333";
const SSE = "x-amz-server-side-encryption";
const under = (id: string): Record<string, string> => ({ [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: id });
const TO_VAULT = ["--to", "sse-kms", "--kms-key-id", VAULT];

/** A sandbox of the S3 API as documented, which can hold plaintext, and a command line for it. */
async function rehearse(options: Parameters<typeof openRehearsal>[0] = {}) {
  const rehearsal = await openRehearsal({ profile: "reference", ...options });
  const raw = rawS3(rehearsal.sandbox);
  onTestFinished(async () => {
    raw.close();
    await rehearsal.close();
  });
  await createBucket(raw, "letters");
  const place = ["--provider", "aws", "--region", rehearsal.sandbox.region, "--endpoint", rehearsal.sandbox.endpoint];
  const put = (key: string, headers: Record<string, string> = {}, more: Partial<NewObject> = {}) =>
    putObject(raw, "letters", { key, body: Buffer.from(`a letter ${key}`), headers, ...more });
  const migrate = (...args: readonly string[]) => rehearsal.cli("migrate", "s3://letters", ...place, ...args);
  const outcomes = async (run: string) => {
    const path = join(rehearsal.folder, run, "journal", "000001.ndjson");
    const lines = (await readFile(path, "utf8")).trim().split("\n");
    const records = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "outcome");
    return new Map(records.map((record) => [record.key as string, record]));
  };
  /** Algorithm, key and bucket key of every object in the bucket, according to HEAD. */
  const heads = async () => {
    const keys = (await listing(rehearsal.client, "letters")).map(({ key }) => key);
    const found = keys.map(async (Key) => {
      const head = await rehearsal.client.send(new HeadObjectCommand({ Bucket: "letters", Key })).catch(() => null);
      const seen = [head?.ServerSideEncryption ?? "none", head?.SSEKMSKeyId, head?.BucketKeyEnabled ?? false];
      return [Key, head === null ? "unreadable" : seen] as const;
    });
    return Object.fromEntries(await Promise.all(found));
  };
  return { ...rehearsal, raw, place, put, migrate, outcomes, heads };
}

const small = Buffer.from("a small letter");
const WAYS: readonly {
  readonly way: string;
  readonly args: readonly string[];
  readonly behaviour?: Partial<Behaviour>;
  readonly object: Partial<NewObject>;
}[] = [
  { way: "copy", args: [], object: { body: small } },
  { way: "copy-replacing", args: [], behaviour: { selfCopyChangingSse: "refused" }, object: { body: small } },
  {
    way: "copy-multipart",
    args: ["--copy-cutoff", "1", "--rewrite-below", "1", "--part-size", "5MiB"],
    object: { body: Buffer.alloc(5 * MIB + 7, "parts/"), partBytes: 5 * MIB },
  },
  {
    way: "copy-multipart",
    args: ["--copy-cutoff", "1", "--rewrite-below", "1", "--part-size", "5MiB"],
    object: { body: Buffer.alloc(MIB, "one part/") },
  },
  { way: "rewrite", args: ["--copy-cutoff", "1", "--race", "off"], object: { body: small } },
];

/** A store on which every object has to be copied. */
const NO_UPDATES = { updateObjectEncryption: "not-implemented" } as const;

describe("bucketseal migrate --to sse-kms", () => {
  async function bringsUnderTheKey({ way, args, behaviour = {}, object }: (typeof WAYS)[number]): Promise<void> {
    const store = await rehearse({ behaviour: { ...NO_UPDATES, ...behaviour } });
    const { raw, put, migrate, outcomes, heads, cli, folder } = store;
    const customer = Buffer.alloc(32, 7);
    await writeFile(join(folder, "own.key"), customer, { mode: 0o600 });
    const dressed = { "content-type": "text/plain", "x-amz-meta-name": "d\u00e9j\u00e0", "x-amz-tagging": "a=b" };
    await put("plain", dressed, object);
    await put("sse-s3", { ...dressed, [SSE]: "AES256" }, object);
    await put("other", { ...dressed, ...under(OTHER) }, object);
    await put("customer", { ...dressed, ...customerKeyHeaders(customer) }, object);
    const before = await readObject(raw, "letters", "plain");
    const ran = await migrate(...TO_VAULT, ...args, "--ssec-key-file", "own.key", "--out", "run");
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/encrypted by this run +4 /) });
    expect(ran.stderr).toContain("are copied, and not updated in place by UpdateObjectEncryption: ");
    const expected = ["aws:kms", `${ARN}${VAULT}`, false];
    expect(await heads()).toEqual({ plain: expected, "sse-s3": expected, other: expected, customer: expected });
    for (const key of ["plain", "sse-s3", "other", "customer"]) {
      const { bodySha256, headers, tags } = await readObject(raw, "letters", key);
      expect({ key, bodySha256, headers, tags }).toEqual({
        ...{ key, bodySha256: before.bodySha256, headers: before.headers, tags: before.tags },
      });
    }
    const found = await outcomes("run");
    const reasons = [...found].map(([key, { decision }]) => [key, decision.kind, decision.reason]);
    expect(Object.fromEntries(reasons.map(([key, , reason]) => [key, reason]))).toEqual({
      plain: "unencrypted-to-sse-kms",
      "sse-s3": "sse-s3-to-sse-kms",
      other: "sse-kms-to-other-key",
      customer: "sse-c-to-sse-kms",
    });
    const strategies = new Set([...found.values()].map(({ outcome }) => outcome.strategy));
    expect(strategies).toEqual(new Set([way]));
    expect(found.get("other")).toMatchObject({
      before: { state: "sse-kms", kmsKeyId: `${ARN}${OTHER}` },
      after: { state: "sse-kms", kmsKeyId: `${ARN}${VAULT}` },
    });
    expect((await cli("verify", "run")).code).toBe(0);
  }

  const brings = "brings objects under the key by $way with $args";
  test.each(WAYS.slice(0, 1))(brings, { tags: ["slow"] }, bringsUnderTheKey);
  test.each(WAYS.slice(1))(brings, { tags: "slow" }, bringsUnderTheKey);

  async function updatesInPlace(name: string): Promise<void> {
    const calls: string[] = [];
    const { put, migrate, outcomes, heads, client, cli, place, folder } = await rehearse({
      intercept: ({ operation, key }) => {
        if (key === "" || key.includes(".bucketseal-")) return undefined;
        calls.push(`${operation} ${key}`);
        const isFirst = calls.filter((call) => call === "UpdateObjectEncryption two").length === 1;
        return isFirst && `${operation} ${key}` === "UpdateObjectEncryption two" ? { kind: "reset-after" } : undefined;
      },
    });
    await put("one", { [SSE]: "AES256", "x-amz-tagging": "a=b" });
    await put("two", { [SSE]: "AES256" }, { body: Buffer.alloc(5 * MIB + 7, "parts/"), partBytes: 5 * MIB });
    await put("three", under(OTHER));
    const before = await listing(client, "letters");
    calls.length = 0;
    const to = ["--to", "sse-kms", "--kms-key-id", name, "--bucket-key", "--format", "md,csv", "--out", "run"];
    const ran = await migrate(...to);
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/encrypted by this run +3 /) });
    expect(ran.stderr).not.toContain("UpdateObjectEncryption");
    const writes = calls.filter((call) => !/^(Get|Head|List)/.test(call)).toSorted();
    const updated = ["one", "three", "two", "two"].map((key) => `UpdateObjectEncryption ${key}`);
    expect(writes).toEqual(updated);
    // ETags and dates too.
    expect(await listing(client, "letters")).toEqual(before);
    const vault = ["aws:kms", `${ARN}${VAULT}`, true];
    expect(await heads()).toEqual({ one: vault, two: vault, three: vault });
    const outcome = { kind: "migrated", strategy: "update-encryption", guard: "nothing-replaced" };
    for (const { outcome: found } of (await outcomes("run")).values()) expect(found).toEqual(outcome);
    const report = await readFile(join(folder, "run", "report.md"), "utf8");
    expect(report).toContain("nothing was replaced, because only the encryption changed");
    expect(report).toContain("used for what is encrypted already: a test object under SSE-S3 got the key");
    expect((await cli("verify", "run")).code).toBe(0);
    expect(await cli("verify", "run", "--live", "--endpoint", place.at(-1) ?? "")).toMatchObject({ code: 0 });
  }

  const updates = "puts what is encrypted already under the key %s and copies none of it, also if answers are lost";
  test.each([VAULT])(updates, { tags: ["slow"] }, updatesInPlace);
  test.each([`${ARN}${VAULT}`, "alias/vault"])(updates, { tags: "slow" }, updatesInPlace);

  async function skipsWhatIsUnderTheKey(name: string): Promise<void> {
    const { put, migrate, outcomes, heads, client } = await rehearse();
    await put("vault", under(VAULT));
    await put("dsse", { ...under(OTHER), [SSE]: "aws:kms:dsse" });
    await put("other", under(OTHER));
    const args = ["--to", "sse-kms", "--kms-key-id", name];
    expect(await migrate(...args, "--out", "run")).toMatchObject({ code: 0 });
    const found = await outcomes("run");
    expect(found.get("vault")?.outcome).toEqual({ kind: "already-encrypted", reason: "kms-key" });
    expect(found.get("dsse")?.outcome).toEqual({ kind: "already-encrypted", reason: "stronger-encryption" });
    expect(found.get("other")?.outcome.kind).toBe("migrated");
    const vault = ["aws:kms", `${ARN}${VAULT}`, false];
    expect(await heads()).toEqual({
      vault,
      other: vault,
      dsse: ["aws:kms:dsse", `${ARN}${OTHER}`, false],
    });
    const before = await listing(client, "letters");
    expect(await migrate(...args, "--out", "again")).toMatchObject({ code: 0 });
    expect(await listing(client, "letters")).toEqual(before);
  }

  const skips = "skips what is under the key already if that is named %s, and leaves DSSE-KMS alone";
  test.each([VAULT])(skips, { tags: ["slow"] }, skipsWhatIsUnderTheKey);
  const names = ["alias/vault", `${ARN}${VAULT}`, "arn:aws:kms:sandbox:000000000000:alias/vault"];
  test.each(names)(skips, { tags: "slow" }, skipsWhatIsUnderTheKey);

  test("gives each object a bucket key, and the bucket a default, if asked for both", { tags: ["slow"] }, async () => {
    const { put, migrate, heads, client } = await rehearse();
    await put("plain");
    const ran = await migrate(...TO_VAULT, "--bucket-key", "--set-default", "--out", "run");
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed") });
    await put("later");
    const expected = ["aws:kms", `${ARN}${VAULT}`, true];
    expect(await heads()).toEqual({ plain: expected, later: expected });
    const SSEAlgorithm = "AES256" as const;
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm } }];
    const weaker = { Bucket: "letters", ServerSideEncryptionConfiguration: { Rules } };
    await client.send(new PutBucketEncryptionCommand(weaker));
    expect((await migrate(...TO_VAULT, "--out", "kept")).stderr).toContain("the bucket's default encryption is SSE-S3");
    expect((await migrate(...TO_VAULT, "--set-default", "--out", "set")).code).toBe(0);
    await put("latest");
    expect((await heads()).latest).toEqual(["aws:kms", `${ARN}${VAULT}`, false]);
  });

  test.each([
    ["is unknown", "no-such-key", {}, "KMS.NotFoundException"],
    ["is disabled", OFF, {}, "KMS.DisabledException"],
    ["may not be used", VAULT, { deny: ["kms:GenerateDataKey"] }, "kms:GenerateDataKey"],
  ])(
    "ends before the first object if the key %s",
    { tags: ["slow"] },
    async (_title, key, { deny }: { deny?: string[] }, words) => {
      const user = { accessKeyId: "KEY", secretAccessKey: "a secret", ...(deny === undefined ? {} : { deny }) };
      const { put, as, place, heads } = await rehearse({ users: [{ ...user, deny: [] }] });
      await put("plain");
      const other = await rehearse({ users: [user] });
      const store = deny === undefined ? { as, place, put, heads } : other;
      await store.put("plain");
      const args = ["--to", "sse-kms", "--kms-key-id", key, "--out", "run"];
      const ran = await store.as(user, "migrate", "s3://letters", ...store.place, ...args);
      expect(ran.code).toBe(3);
      expect(ran.stderr).toContain(`the KMS key "${key}" cannot be used in bucket "letters"`);
      expect(ran.stderr).toContain(words);
      expect(await store.heads()).toEqual({ plain: ["none", undefined, false] });
    },
  );

  describe("with --set-default", () => {
    const NO_DEFAULT = { name: "ServerSideEncryptionConfigurationNotFoundError" };
    const defaultOf = (Bucket: string) => new GetBucketEncryptionCommand({ Bucket });

    test("sets no default to a key that cannot be used", { tags: ["slow"] }, async () => {
      const { put, migrate, client, heads } = await rehearse();
      await put("plain");
      const args = ["--to", "sse-kms", "--kms-key-id", "no-such-key", "--set-default", "--out", "run"];
      const ran = await migrate(...args);
      expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining("KMS.NotFoundException") });
      await expect(client.send(defaultOf("letters"))).rejects.toMatchObject(NO_DEFAULT);
      expect(await heads()).toEqual({ plain: ["none", undefined, false] });
    });

    test("sets the default in a bucket without objects, once a test object was under the key", async () => {
      const { migrate, client, folder } = await rehearse();
      expect((await migrate(...TO_VAULT, "--set-default", "--out", "run")).code).toBe(1);
      const { ServerSideEncryptionConfiguration: found } = await client.send(defaultOf("letters"));
      expect(found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID).toContain(VAULT);
      const { buckets } = JSON.parse(await readFile(join(folder, "run", "run.json"), "utf8"));
      expect(buckets).toMatchObject([{ bucket: "letters", kmsKey: `${ARN}${VAULT}` }]);
    });

    test("sets no default if no test object can show that the key works", async () => {
      const { raw, cli, place, client, migrate } = await rehearse();
      await createBucket(raw, "locked", { "x-amz-bucket-object-lock-enabled": "true" });
      const Rule = { DefaultRetention: { Mode: "GOVERNANCE" as const, Days: 1 } };
      const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled" as const, Rule };
      await client.send(new PutObjectLockConfigurationCommand({ Bucket: "locked", ObjectLockConfiguration }));
      const ran = await cli("migrate", "s3://locked", ...place, ...TO_VAULT, "--set-default", "--out", "run");
      expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining("leave out --set-default") });
      await expect(client.send(defaultOf("locked"))).rejects.toMatchObject(NO_DEFAULT);
      const blind = await migrate(...TO_VAULT, "--set-default", "--assume", "documented", "--no-canary");
      expect(blind).toMatchObject({ code: 2, stderr: expect.stringContaining("--set-default: ") });
      await expect(client.send(defaultOf("letters"))).rejects.toMatchObject(NO_DEFAULT);
    });
  });

  test.each([
    [
      "took the request and encrypts otherwise",
      { forgottenBy: { put: [SSE, `${SSE}-aws-kms-key-id`] } },
      [],
      "HEAD shows none",
    ],
    ["does not name the key in HEAD", { headNamesKmsKey: false }, [], "shows no key"],
    ["ignores bucket keys", { bucketKeys: "ignored" }, ["--bucket-key"], "leave out --bucket-key"],
  ] as const)("copies nothing if the store %s", { tags: ["slow"] }, async (_title, behaviour, args, words) => {
    const { put, migrate, heads } = await rehearse({ behaviour });
    await put("plain");
    const ran = await migrate(...TO_VAULT, ...args, "--out", "run");
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining(words) });
    expect(await heads()).toEqual({ plain: ["none", undefined, false] });
  });

  test("fails a copy that came out under another key, and says so", async () => {
    const { put, migrate, outcomes, client } = await rehearse({
      behaviour: { forgottenBy: { copy: [`${SSE}-aws-kms-key-id`] } },
    });
    await put("plain");
    await client.send(
      new PutBucketEncryptionCommand({
        Bucket: "letters",
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: OTHER } }],
        },
      }),
    );
    const args = ["--no-canary", "--assume", "documented"];
    const ran = await migrate("--to", "sse-kms", "--kms-key-id", VAULT, ...args, "--out", "run");
    expect(ran.code).toBe(1);
    expect((await outcomes("run")).get("plain")?.outcome).toMatchObject({
      kind: "failed",
      reason: "not-encrypted-after-copy",
      detail: "HEAD shows sse-kms, under another key, after the copy",
    });
  });

  test("refuses what would keep its ETag, plans in a dry run, and writes nothing then", {
    tags: ["slow"],
  }, async () => {
    const { put, migrate, outcomes, heads } = await rehearse();
    await put("plain");
    await put("vault", under(VAULT));
    expect((await migrate(...TO_VAULT, "--dry-run", "--out", "dry")).code).toBe(0);
    const dry = await outcomes("dry");
    expect(dry.get("plain")).toMatchObject({
      decision: { reason: "unencrypted-to-sse-kms" },
      outcome: { kind: "skipped", reason: "dry-run" },
    });
    expect(dry.get("vault")?.outcome).toEqual({ kind: "already-encrypted", reason: "kms-key" });
    expect((await migrate(...TO_VAULT, "--etag", "keep", "--out", "keep")).code).toBe(1);
    expect((await outcomes("keep")).get("plain")?.outcome).toEqual({ kind: "refused", reason: "etag-cannot-be-kept" });
    expect((await heads()).plain).toEqual(["none", undefined, false]);
  });

  test("reports all bad options together", async () => {
    const { cli, place } = await rehearse();
    const migrate = (...args: readonly string[]) => cli("migrate", "s3://letters", ...args);
    const missing = await migrate(...place, "--to", "sse-kms", "--to-key-file", "a.key", "--race", "never");
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toContain("--to sse-kms needs a key: give its ID");
    expect(missing.stderr).toContain("--to-key-file belongs to --to sse-c");
    expect(missing.stderr).toContain("--race");
    const stray = await migrate(...place, "--kms-key-id", VAULT, "--bucket-key");
    expect(stray.code).toBe(2);
    expect(stray.stderr).toContain("--kms-key-id belongs to --to sse-kms: give both, or neither");
    expect(stray.stderr).toContain("--bucket-key belongs to --to sse-kms: give both, or neither");
    const alias = ["--to", "sse-kms", "--kms-key-id", "alias/vault"];
    expect((await migrate(...place, ...alias, "--dry-run")).stderr).toContain("--dry-run writes no test object");
    const blind = ["--assume", "documented", "--no-canary"];
    expect((await migrate(...place, ...alias, ...blind)).stderr).toContain("give the key's ARN");
    const elsewhere = await migrate(
      "--provider",
      "ovhcloud",
      "--region",
      "gra",
      ...TO_VAULT,
      "--versions",
      "replay",
      "--yes",
    );
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toContain("--to sse-kms: OVHcloud Object Storage has no SSE-KMS (https://");
    expect(elsewhere.stderr).toContain("--versions replay re-creates noncurrent versions with SSE-S3 only");
    const unsaid = ["--endpoint", "https://s3.example.org", "--region", "x", ...TO_VAULT, ...blind];
    expect((await migrate(...unsaid)).stderr).toContain("does not document SSE-KMS");
  });

  test("is read by report, verify --live and diff, and contradicted by an object under another key", {
    tags: "slow",
  }, async () => {
    const { put, migrate, cli, place, folder, raw } = await rehearse();
    await put("plain");
    await put("sse-s3", { [SSE]: "AES256" });
    expect((await cli("audit", "s3://letters", ...place, "--out", "before")).code).toBe(0);
    expect((await migrate(...TO_VAULT, "--format", "html,csv,md,ocsf", "--out", "run")).code).toBe(0);
    expect(await readFile(join(folder, "run", "report.md"), "utf8")).toContain(`SSE-KMS, key ${VAULT}`);
    expect(await readFile(join(folder, "run", "report.csv"), "utf8")).toContain("sse-kms");
    const live = ["--endpoint", place.at(-1) ?? ""];
    expect(await cli("verify", "run", "--live", ...live)).toMatchObject({ code: 0 });
    expect((await cli("audit", "s3://letters", ...place, "--out", "after")).code).toBe(0);
    const diff = await cli("diff", "before", "after");
    expect(diff).toMatchObject({ code: expect.any(Number), stdout: expect.stringMatching(/encrypted/i) });
    await putObject(raw, "letters", { key: "plain", body: Buffer.from("a letter plain"), headers: under(OTHER) });
    const again = await cli("verify", "run", "--live", ...live);
    expect(again.stdout).toMatch(/changed since/);
  });
});
