import { describe, expect, test } from "vitest";
import { type MigrateOptions, migrate } from "../../../migrate/index.js";
import type { Behaviour, Fault, InterceptedRequest } from "../../../sandbox/index.js";
import { customerKeyHeaders } from "../../buckets/mixed-objects.js";
import { createBucket, pathOf, putObject, sendOk } from "../../buckets/raw-s3.js";
import { readObject } from "../../buckets/read-bucket.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";
import { setVersioning } from "../fixtures/versioned-world.js";

const ARN = "arn:aws:kms:sandbox:000000000000:key/";
const VAULT = "11111111-1111-4111-8111-111111111111";
const OTHER = "22222222-2222-4222-8222-222222222222";
const SSE = "x-amz-server-side-encryption";
const SSE_S3 = { [SSE]: "AES256" };
const TO_VAULT = { provider: "aws", to: "sse-kms", kmsKeyId: VAULT } as const;
const UPDATED = { kind: "migrated", strategy: "update-encryption", guard: "nothing-replaced" };

interface Setting {
  readonly behaviour?: Partial<Behaviour>;
  readonly deny?: readonly string[];
  readonly bucket?: Record<string, string>;
  /** Called before each call on an object that the run did not put itself, once the bucket is filled. */
  readonly meanwhile?: (request: InterceptedRequest, world: Filling) => Promise<Fault | undefined>;
  readonly onTestObject?: (request: InterceptedRequest) => Fault | undefined;
}

type Filling = Awaited<ReturnType<typeof filling>>;

/** A sandbox with one bucket, and the calls that change objects that the run did not put itself. */
async function filling({ behaviour = {}, deny = [], bucket = {}, meanwhile, onTestObject }: Setting = {}) {
  const writes: string[] = [];
  let isRunning = false;
  const owner = { accessKeyId: "OWNER", secretAccessKey: "a secret" };
  const runner = { accessKeyId: "RUNNER", secretAccessKey: "another secret", deny };
  const world = await startWorld({
    profile: "reference",
    behaviour,
    credentials: [owner, runner],
    intercept: async (request) => {
      const { operation, key } = request;
      if (key.includes(".bucketseal-")) return onTestObject?.(request);
      if (!isRunning || key === "") return undefined;
      isRunning = false;
      const fault = await meanwhile?.(request, filled);
      isRunning = true;
      if (!/^(Get|Head|List)/.test(operation)) writes.push(`${operation} ${key}`);
      return fault;
    },
  });
  const { raw } = world;
  await createBucket(raw, "letters", bucket);
  const put = (key: string, headers: Record<string, string> = SSE_S3, body = `a letter ${key}`) =>
    putObject(raw, "letters", { key, headers, body: Buffer.from(body) });
  /** All headers of HEAD that describe the object. */
  const head = async (key: string) => {
    const { headers } = await sendOk(raw, { method: "HEAD", path: pathOf("letters", key) });
    const { date: _date, "x-amz-request-id": _id, "x-amz-id-2": _second, ...rest } = headers;
    return rest;
  };
  const run = async (more: Partial<MigrateOptions> = {}) => {
    const options = await world.optionsFor("letters", { ...TO_VAULT, credentials: runner, ...more });
    isRunning = true;
    const result = await migrate(options);
    isRunning = false;
    return { ...result, outcomes: await outcomesOf(result.runDir), found: result.run.buckets[0] };
  };
  const filled = { ...world, put, head, run, writes };
  return filled;
}

const openedWith = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.includes("-customer-")));

const underVault = { [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: `${ARN}${VAULT}` };

describe("an object that is encrypted already", () => {
  test("gets the key without being written anew: date, ETag, version, tags, lists and class stay", {
    tags: ["slow"],
  }, async () => {
    const { raw, put, head, run, writes } = await filling();
    await setVersioning(raw, "letters", "Enabled");
    await put("sse-s3", {
      ...SSE_S3,
      "x-amz-tagging": "a=b",
      "x-amz-meta-name": "d\u00e9j\u00e0",
      "x-amz-acl": "public-read",
    });
    await put("other", { [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: OTHER, "x-amz-storage-class": "STANDARD_IA" });
    await put("archived", { ...SSE_S3, "x-amz-storage-class": "GLACIER" });
    await put("plain", {});
    const keys = ["sse-s3", "other", "archived"];
    const before = await Promise.all(keys.map(head));
    const bodies = await Promise.all(keys.map((key) => readObject(raw, "letters", key)));

    const { outcomes, found, summary } = await run({ bucketKey: true, assume: undefined });

    for (const [index, key] of keys.entries()) {
      expect(await head(key)).toEqual({ ...before[index], ...underVault, [`${SSE}-bucket-key-enabled`]: "true" });
      const state = bodies[index];
      expect(await readObject(raw, "letters", key)).toEqual({ ...state, encryption: "aws:kms" });
      expect(outcomes.get(key)?.outcome).toEqual(UPDATED);
    }
    expect(writes.toSorted()).toEqual([
      "CopyObject plain",
      ...["archived", "other", "sse-s3"].map((key) => `UpdateObjectEncryption ${key}`),
    ]);
    expect(outcomes.get("sse-s3")?.decision).toEqual({ kind: "update-encryption", reason: "sse-s3-to-sse-kms" });
    expect(outcomes.get("plain")?.outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
    expect(found).toMatchObject({
      encryptionUpdate: { works: true },
      capabilities: { from: "probe", values: { updatesEncryption: true } },
      canary: { result: "passed" },
    });
    expect(summary.total.outcomes.migrated.objects).toBe(4);
    const listed = (await sendOk(raw, { path: "/letters?versions" })).body.toString();
    expect([...listed.matchAll(/<Key>([^<]*)/g)].map(([, key]) => key)).toEqual([
      "archived",
      "other",
      "plain",
      "plain",
      "sse-s3",
    ]);
  });

  test("is refused nothing by --etag keep and --race strict, which refuse what is plaintext", {
    tags: ["slow"],
  }, async () => {
    const { put, head, run } = await filling({ behaviour: { copyConditions: "ignored" } });
    await put("sse-s3");
    await put("plain", {});
    const before = await head("sse-s3");
    const { outcomes } = await run({ etag: "keep", race: "strict" });
    expect(outcomes.get("sse-s3")?.outcome).toEqual(UPDATED);
    expect(await head("sse-s3")).toEqual({ ...before, ...underVault });
    expect(outcomes.get("plain")?.outcome).toEqual({ kind: "refused", reason: "etag-cannot-be-kept" });
    expect((await head("plain"))[SSE]).toBeUndefined();
  });

  test("gets the key beneath no null version, where a copy would replace that one", async () => {
    const { raw, put, head, run, writes } = await filling();
    await put("twice");
    await setVersioning(raw, "letters", "Enabled");
    await put("twice", SSE_S3, "newer");
    await setVersioning(raw, "letters", "Suspended");
    const { outcomes } = await run();
    expect(outcomes.get("twice")?.outcome).toEqual(UPDATED);
    expect(writes).toEqual(["UpdateObjectEncryption twice"]);
    expect(await head("twice")).toMatchObject(underVault);
    const oldest = await sendOk(raw, { path: pathOf("letters", "twice", "?versionId=null") });
    expect([oldest.body.toString(), oldest.headers[SSE]]).toEqual(["a letter twice", "AES256"]);
  });

  test("is copied if it is locked, and refused if its ETag is to be kept", { tags: ["slow"] }, async () => {
    const { put, run, writes } = await filling({ bucket: { "x-amz-bucket-object-lock-enabled": "true" } });
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const digest = { "x-amz-sdk-checksum-algorithm": "CRC32" };
    const retention = { "x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": until };
    await put("retained", { ...SSE_S3, ...digest, ...retention });
    await put("held", { ...SSE_S3, ...digest, "x-amz-object-lock-legal-hold": "ON" });
    await put("free");
    const kept = await run({ etag: "keep" });
    const refused = { kind: "refused", reason: "etag-cannot-be-kept" };
    expect(kept.outcomes.get("retained")?.outcome).toEqual(refused);
    expect(kept.outcomes.get("held")?.outcome).toEqual(refused);
    expect(kept.outcomes.get("free")?.outcome).toEqual(UPDATED);
    expect(writes).toEqual(["UpdateObjectEncryption free"]);
    const { outcomes } = await run();
    for (const key of ["retained", "held"]) expect(outcomes.get(key)?.outcome).toMatchObject({ strategy: "copy" });
    expect(writes.slice(1).toSorted()).toEqual(["CopyObject held", "CopyObject retained"]);
  });

  test("is planned so by a dry run, which writes nothing", async () => {
    const { put, head, run, writes, sandbox } = await filling();
    await put("sse-s3");
    const before = await head("sse-s3");
    sandbox.resetCalls();
    const { outcomes } = await run({ dryRun: true });
    expect(outcomes.get("sse-s3")?.decision).toEqual({ kind: "update-encryption", reason: "sse-s3-to-sse-kms" });
    expect(await head("sse-s3")).toEqual(before);
    expect([writes, sandbox.calls.PutObject, sandbox.calls.UpdateObjectEncryption]).toEqual([[], undefined, undefined]);
  });

  test("is copied if the store refuses the update of that object, with the store's words in its notes", {
    tags: ["slow"],
  }, async () => {
    const { put, head, run } = await filling({
      meanwhile: async ({ operation, key }) =>
        operation === "UpdateObjectEncryption" && key === "one"
          ? { kind: "error", status: 403, code: "AccessDenied", message: "not this one" }
          : undefined,
    });
    await put("one");
    await put("two");
    const { outcomes } = await run();
    expect(outcomes.get("one")?.outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
    expect(outcomes.get("one")?.notes).toContain(
      "not by update-encryption: updateObjectEncryption: AccessDenied: not this one",
    );
    expect(outcomes.get("two")?.outcome).toEqual(UPDATED);
    expect(await head("one")).toMatchObject(underVault);
  });
});

/** Each is a store on which an update must not reach an object of the bucket. */
const UNFIT: readonly (readonly [string, Setting, string])[] = [
  ["does not have it", { behaviour: { updateObjectEncryption: "not-implemented" } }, "NotImplemented"],
  ["takes its body for the object", { behaviour: { updateObjectEncryption: "taken-for-put" } }, "changed the etag"],
  ["does nothing", { behaviour: { updateObjectEncryption: "ignored" } }, "HEAD shows sse-s3"],
  [
    "answers 500",
    {
      onTestObject: ({ operation }) =>
        operation === "UpdateObjectEncryption" ? { kind: "error", status: 500, code: "InternalError" } : undefined,
    },
    "InternalError",
  ],
  ["denies it", { deny: ["s3:UpdateObjectEncryption"] }, "s3:UpdateObjectEncryption"],
  ["denies a right on the key", { deny: ["kms:ReEncrypt*"] }, "kms:ReEncryptTo"],
];

describe("a store that", () => {
  test.each(UNFIT)("%s is shown by a test object, and copies", { tags: ["slow"] }, async (_title, setting, why) => {
    const { put, head, run, writes, raw } = await filling(setting);
    await put("sse-s3");
    const before = await readObject(raw, "letters", "sse-s3");
    const { outcomes, found } = await run({ assume: undefined });
    expect(outcomes.get("sse-s3")?.outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
    expect(writes).toEqual(["CopyObject sse-s3"]);
    expect(found?.capabilities?.values).toMatchObject({ updatesEncryption: false });
    expect(await head("sse-s3")).toMatchObject(underVault);
    expect((await readObject(raw, "letters", "sse-s3")).bodySha256).toBe(before.bodySha256);
    expect(found?.encryptionUpdate).toEqual({ works: false, detail: expect.stringContaining(why) });
    expect(found?.warnings.join()).toContain("are copied, and not updated in place by UpdateObjectEncryption: ");
  });

  test("writes versioned objects anew is shown by a test object, and copies", async () => {
    const { put, raw, run } = await filling({ behaviour: { updateObjectEncryption: "rewrites" } });
    await setVersioning(raw, "letters", "Enabled");
    await put("sse-s3");
    const { outcomes, found } = await run();
    expect(outcomes.get("sse-s3")?.outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
    expect(found?.encryptionUpdate?.detail).toContain("x-amz-version-id");
  });

  test.each(["supported", "taken-for-put"] as const)(
    "was tried with no test object is never sent an update, if its update is %s",
    async (updateObjectEncryption) => {
      const { put, run, writes } = await filling({ behaviour: { updateObjectEncryption } });
      await put("sse-s3");
      const { outcomes, found } = await run({ canary: false });
      expect(outcomes.get("sse-s3")?.outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
      expect(writes).toEqual(["CopyObject sse-s3"]);
      expect(found?.encryptionUpdate).toBeUndefined();
    },
  );

  test("does not document it is not sent one, not even for a test object", { tags: ["slow"] }, async () => {
    const { put, run, sandbox } = await filling();
    await put("sse-s3");
    sandbox.resetCalls();
    const { outcomes } = await run({ provider: "generic", region: "gra" });
    expect(outcomes.get("sse-s3")?.outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
    expect(sandbox.calls.UpdateObjectEncryption).toBeUndefined();
  });

  test("refuses the update of the canary gets no other, and copies", { tags: ["slow"] }, async () => {
    let tries = 0;
    const { put, run, writes } = await filling({
      onTestObject: ({ operation }) => {
        tries += operation === "UpdateObjectEncryption" ? 1 : 0;
        const isOfCanary = operation === "UpdateObjectEncryption" && tries > 1;
        return isOfCanary ? { kind: "error", status: 400, code: "InvalidRequest" } : undefined;
      },
    });
    await put("sse-s3");
    const { outcomes, found } = await run();
    expect(outcomes.get("sse-s3")?.outcome).toMatchObject({ kind: "migrated", strategy: "copy" });
    expect(writes).toEqual(["CopyObject sse-s3"]);
    expect(found).toMatchObject({
      encryptionUpdate: { works: true },
      ways: [{ way: "update-encryption", closed: true }],
    });
  });
});

describe("a client that writes to the object", () => {
  const newer = async (key: string, { put }: Filling) => put(key, SSE_S3, `newer ${key}`);

  test.each(["UpdateObjectEncryption", "HeadObject"])(
    "just before %s keeps what it wrote, and that gets the key too",
    async (operation) => {
      let isUpdated = false;
      let isWritten = false;
      const { raw, put, run, head } = await filling({
        meanwhile: async (request, world) => {
          if (request.key !== "raced") return undefined;
          isUpdated ||= request.operation === "UpdateObjectEncryption";
          // The HEAD after the update, not one of those before it.
          if (request.operation !== operation || !isUpdated || isWritten) return undefined;
          isWritten = true;
          await newer("raced", world);
          return undefined;
        },
      });
      await put("raced");
      await put("calm");
      const { outcomes } = await run();
      const now = await readObject(raw, "letters", "raced");
      expect(now).toMatchObject({ status: 200, encryption: "aws:kms" });
      expect((await sendOk(raw, { path: pathOf("letters", "raced") })).body.toString()).toBe("newer raced");
      expect(await head("raced")).toMatchObject(underVault);
      const raced = outcomes.get("raced");
      expect(raced?.attempts).toBe(2);
      expect(raced?.notes.join()).toContain("replaced by someone else before it was read back");
      // An update that reached the newer object leaves nothing to do; one that came before it is made again.
      expect(raced?.outcome.kind).toBe(operation === "HeadObject" ? "migrated" : "already-encrypted");
      expect(outcomes.get("calm")).toMatchObject({ outcome: UPDATED, attempts: 1 });
    },
  );

  test.each(["newer raced", "a letter raced"])(
    "with versions keeps its version of %j, which is updated too",
    { tags: ["slow"] },
    async (body) => {
      let isWritten = false;
      const { raw, put, run, head, writes } = await filling({
        meanwhile: async ({ operation, key }, world) => {
          if (operation !== "UpdateObjectEncryption" || isWritten) return undefined;
          isWritten = true;
          // The same bytes have the same ETag.
          await world.put(key, SSE_S3, body);
          return undefined;
        },
      });
      await setVersioning(raw, "letters", "Enabled");
      await put("raced");
      const { outcomes } = await run();
      expect(outcomes.get("raced")).toMatchObject({ outcome: UPDATED, attempts: 2 });
      expect(writes).toEqual(["UpdateObjectEncryption raced", "UpdateObjectEncryption raced"]);
      expect(await head("raced")).toMatchObject(underVault);
      expect((await sendOk(raw, { path: pathOf("letters", "raced") })).body.toString()).toBe(body);
    },
  );

  test.each([
    ["in plaintext", {}, { kind: "migrated", strategy: "copy" }],
    ["under a customer key", customerKeyHeaders(Buffer.alloc(32, 7)), { kind: "skipped", reason: "sse-c-without-key" }],
    ["under DSSE-KMS", { [SSE]: "aws:kms:dsse" }, { kind: "already-encrypted", reason: "stronger-encryption" }],
  ] as const)(
    "%s, which no update takes, keeps what it wrote",
    { tags: ["slow"] },
    async (_title, headers, expected) => {
      let isWritten = false;
      const { raw, put, run } = await filling({
        meanwhile: async ({ operation, key }, world) => {
          if (operation !== "UpdateObjectEncryption" || isWritten) return undefined;
          isWritten = true;
          await world.put(key, headers, "newer");
          return undefined;
        },
      });
      await put("raced");
      const { outcomes } = await run();
      expect(outcomes.get("raced")?.outcome).toMatchObject(expected);
      const { body } = await sendOk(raw, { path: pathOf("letters", "raced"), headers: openedWith(headers) });
      expect(body.toString()).toBe("newer");
    },
  );

  test("and deletes it sees it stay deleted", { tags: ["slow"] }, async () => {
    const { raw, put, run } = await filling({
      meanwhile: async ({ operation, key }, world) => {
        const path = pathOf("letters", key);
        if (operation === "UpdateObjectEncryption") await sendOk(world.raw, { method: "DELETE", path });
        return undefined;
      },
    });
    await put("gone");
    const { outcomes } = await run();
    expect(outcomes.get("gone")?.outcome).toEqual({ kind: "vanished" });
    expect((await raw.send({ path: pathOf("letters", "gone") })).status).toBe(404);
  });

  test("and only tags it leaves an object that is updated, with those tags", async () => {
    const { raw, put, run } = await filling({
      meanwhile: async ({ operation, key }, world) => {
        const body = Buffer.from("<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>");
        const path = pathOf("letters", key, "?tagging");
        if (operation === "UpdateObjectEncryption") await sendOk(world.raw, { method: "PUT", path, body });
        return undefined;
      },
    });
    await put("tagged");
    const { outcomes } = await run();
    expect(outcomes.get("tagged")).toMatchObject({ outcome: UPDATED, attempts: 1 });
    expect((await readObject(raw, "letters", "tagged")).tags).toEqual(["a=b"]);
  });
});
