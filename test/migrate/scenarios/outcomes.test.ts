import { describe, expect, test } from "vitest";
import { type MigrateOptions, migrate } from "../../../migrate/index.js";
import type { Fault, InterceptedRequest, SandboxOptions } from "../../../sandbox/index.js";
import { CUSTOMER_KEY, customerKeyHeaders } from "../../buckets/mixed-objects.js";
import { type NewObject, pathOf, putObject, type RawS3, sendOk } from "../../buckets/raw-s3.js";
import { readObject } from "../../buckets/read-bucket.js";
import { fillBucket, startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const MIB = 1024 * 1024;
const NEWER = Buffer.from("newer");

type Meddle = (request: InterceptedRequest, raw: RawS3, nth: number) => Promise<Fault | undefined> | Fault | undefined;

/** Migrates one object, with `meddle` asked before each request of the run that names it. */
async function migrateOne(
  object: Omit<NewObject, "key">,
  meddle: Meddle = () => undefined,
  { more = {}, sandbox: options = {} }: { more?: Partial<MigrateOptions>; sandbox?: SandboxOptions } = {},
) {
  const seen: Record<string, number> = {};
  let active = false;
  const world = await startWorld({
    ...options,
    intercept: async (request) => {
      if (!active || request.key !== "a") return undefined;
      seen[request.operation] = (seen[request.operation] ?? 0) + 1;
      // The meddler leaves its own requests alone.
      active = false;
      const fault = await meddle(request, world.raw, seen[request.operation] ?? 0);
      active = true;
      return fault;
    },
  });
  await fillBucket(world.raw, "bucket", [{ ...object, key: "a" }]);
  active = true;
  const { runDir, summary } = await migrate(await world.optionsFor("bucket", { canary: false, race: "off", ...more }));
  active = false;
  expect(summary.total.closes).toBe(true);
  const record = (await outcomesOf(runDir)).get("a");
  return {
    ...world,
    seen,
    record,
    summary,
    outcome: record?.outcome,
    stateNow: () => readObject(world.raw, "bucket", "a"),
  };
}

const error = (status: number, code: string, message?: string): Fault => ({
  kind: "error",
  status,
  code,
  ...(message !== undefined && { message }),
});
const overwrite = (raw: RawS3) => putObject(raw, "bucket", { key: "a", body: NEWER });
const remove = async (raw: RawS3) => void (await sendOk(raw, { method: "DELETE", path: pathOf("bucket", "a") }));
const bodyOf = async (raw: RawS3) => (await sendOk(raw, { path: pathOf("bucket", "a") })).body;
const small = { body: Buffer.from("1") };
const large = { body: Buffer.alloc(12 * MIB, "large") };
const inParts = { more: { copyCutoff: MIB, partSize: 5 * MIB } };

describe("object that cannot be migrated", () => {
  test("is skipped if it uses SSE-C and its key was not given", { tags: ["slow"] }, async () => {
    const { outcome, record, seen } = await migrateOne({ ...small, headers: customerKeyHeaders(CUSTOMER_KEY) });
    expect(outcome).toEqual({ kind: "skipped", reason: "sse-c-without-key" });
    expect(record?.before.state).toBe("sse-c");
    expect(seen.CopyObject).toBeUndefined();
  });

  test("counts as already encrypted with stronger encryption if it uses SSE-KMS", async () => {
    const headers = { "x-amz-server-side-encryption": "aws:kms" };
    const { outcome } = await migrateOne({ ...small, headers }, undefined, { sandbox: { profile: "reference" } });
    expect(outcome).toEqual({ kind: "already-encrypted", reason: "stronger-encryption" });
  });

  test.each(["DEEP_ARCHIVE", "GLACIER"])(
    "is skipped as archived in class %s, whether or not the provider lists that class",
    async (name) => {
      const { outcome } = await migrateOne({ ...small, headers: { "x-amz-storage-class": name } });
      expect(outcome).toEqual({ kind: "skipped", reason: "archived" });
    },
  );

  test.each(["HeadObject", "GetObjectAcl", "CopyObject"])(
    "is reported as vanished if it was deleted just before %s, and is not restored",
    async (operation) => {
      const { outcome, raw } = await migrateOne(small, async (request, raw, nth) => {
        if (request.operation === operation && nth === 1) await remove(raw);
        return undefined;
      });
      expect(outcome).toEqual({ kind: "vanished" });
      expect((await raw.send({ path: pathOf("bucket", "a") })).status).toBe(404);
    },
  );

  test("is reported as vanished if it was deleted during a multipart copy, and is not restored", {
    tags: ["slow"],
  }, async () => {
    const { outcome, raw } = await migrateOne(
      large,
      async ({ operation }, raw) =>
        operation === "CompleteMultipartUpload" ? remove(raw).then(() => undefined) : undefined,
      inParts,
    );
    expect(outcome).toEqual({ kind: "vanished" });
    expect((await raw.send({ path: pathOf("bucket", "a") })).status).toBe(404);
  });

  test("is refused if its ACL cannot be read", async () => {
    const deny = ({ operation }: InterceptedRequest) =>
      operation === "GetObjectAcl" ? error(403, "AccessDenied") : undefined;
    const { outcome, stateNow } = await migrateOne({ ...small, headers: { "x-amz-acl": "public-read" } }, deny);
    expect(outcome).toEqual({ kind: "refused", reason: "acl-cannot-be-carried" });
    expect(await stateNow().then(({ encryption }) => encryption)).toBeNull();
  });
});

describe("object that another client overwrites", () => {
  test.each([
    ["CopyObject", small, {}],
    ["GetObjectAcl", small, {}],
    ["UploadPartCopy", large, inParts],
    ["CompleteMultipartUpload", large, inParts],
  ] as const)(
    "keeps the newer body, encrypted, if the write comes just before %s",
    { tags: ["slow"] },
    async (operation, object, how) => {
      const { outcome, record, raw, stateNow } = await migrateOne(
        object,
        async (request, raw, nth) => {
          if (request.operation === operation && nth === 1) await overwrite(raw);
          return undefined;
        },
        how,
      );
      expect(outcome?.kind).toBe("migrated");
      expect(record?.attempts).toBe(2);
      expect(await bodyOf(raw)).toEqual(NEWER);
      expect((await stateNow()).encryption).toBe("AES256");
    },
  );

  test("keeps the newer body if the write comes between the copy and its verification", async () => {
    const { outcome, raw } = await migrateOne(small, async ({ operation }, raw, nth) => {
      if (operation === "HeadObject" && nth === 2) await overwrite(raw);
      return undefined;
    });
    expect(outcome?.kind).toBe("migrated");
    expect(await bodyOf(raw)).toEqual(NEWER);
  });

  test("fails as kept-changing after repeated writes, and holds the last write", { tags: ["slow"] }, async () => {
    let writes = 0;
    const { outcome, raw } = await migrateOne(small, async ({ operation }, raw) => {
      if (operation !== "CopyObject") return undefined;
      writes += 1;
      await putObject(raw, "bucket", { key: "a", body: Buffer.from(`write ${writes}`) });
      return undefined;
    });
    expect(outcome).toMatchObject({ kind: "failed", reason: "kept-changing" });
    expect((await bodyOf(raw)).toString()).toBe("write 5");
  });
});

describe("object with a copy refused as changed although nobody wrote it", () => {
  const twoWays = { more: { provider: "generic", race: "auto" } } as const;
  const refuse = (code: "PreconditionFailed" | "InvalidRange", status: number) => (request: InterceptedRequest) =>
    request.operation === "CopyObject" ? error(status, code) : undefined;

  test.each([
    ["PreconditionFailed", 412],
    ["InvalidRange", 416],
  ] as const)("is copied by another strategy after %s, without blaming another client", async (code, status) => {
    const { outcome, record, raw, seen } = await migrateOne(small, refuse(code, status), twoWays);
    expect(outcome).toMatchObject({ kind: "migrated", strategy: expect.not.stringMatching(/^copy$/) });
    expect(record?.attempts).toBe(seen.CopyObject === 1 ? 2 : 3);
    expect(record?.notes.join()).toMatch(new RegExp(`not by copy: copyObject: ${code}: .*nobody wrote`));
    expect(record?.notes.join()).not.toContain("someone else");
    expect(await bodyOf(raw)).toEqual(small.body);
  });

  test("fails with the error of the store if every strategy is refused, without blaming another client", async () => {
    const all = ({ operation }: InterceptedRequest) =>
      /^(CopyObject|PutObject|UploadPartCopy)$/.test(operation) ? error(412, "PreconditionFailed") : undefined;
    const { outcome, record, stateNow } = await migrateOne(small, all, twoWays);
    expect(outcome).toMatchObject({
      kind: "failed",
      reason: "store-error",
      detail: expect.stringMatching(/5 attempts/),
    });
    expect(JSON.stringify(record)).not.toContain("someone else");
    expect((await stateNow()).encryption).toBeNull();
  });

  test("is noted as changed by another client if it really changed", { tags: ["slow"] }, async () => {
    const { outcome, record, raw } = await migrateOne(small, async ({ operation }, raw, nth) => {
      if (operation === "CopyObject" && nth === 1) await overwrite(raw);
      return undefined;
    });
    expect(outcome?.kind).toBe("migrated");
    expect(record?.notes).toContain("changed by someone else meanwhile");
    expect(record?.notes.join()).not.toContain("nobody wrote");
    expect(await bodyOf(raw)).toEqual(NEWER);
  });
});

test("an object fails with the suspicious header named if only its request is refused for the signature", async () => {
  const headers = { "content-disposition": "r\u00e9sum\u00e9" };
  const { outcome } = await migrateOne({ ...small, headers }, ({ operation }) =>
    operation === "CopyObject" ? error(403, "SignatureDoesNotMatch") : undefined,
  );
  expect(outcome).toMatchObject({ kind: "failed", reason: "signature-refused" });
  expect(outcome?.kind === "failed" && outcome.detail).toContain('content-disposition is "r\u00e9sum\u00e9"');
});

describe("multipart object that a smaller one replaces", () => {
  test.each(["InvalidArgument", "InvalidRange"] as const)(
    "is tried again if parts take no source condition and the store answers %s",
    { tags: ["slow"] },
    async (partBeyondSource) => {
      const { outcome, record, raw, stateNow } = await migrateOne(
        large,
        async ({ operation }, raw, nth) => {
          if (operation === "UploadPartCopy" && nth === 1) await overwrite(raw);
          return undefined;
        },
        { ...inParts, sandbox: { behaviour: { uploadPartCopyConditions: "ignored", partBeyondSource } } },
      );
      expect(outcome?.kind).toBe("migrated");
      expect(record?.notes).toContain("changed by someone else meanwhile");
      expect(await bodyOf(raw)).toEqual(NEWER);
      expect((await stateNow()).encryption).toBe("AES256");
    },
  );
});

test("an object that the listing shows but HEAD does not find fails, and is not reported as vanished", {
  tags: ["slow"],
}, async () => {
  const { record, summary } = await migrateOne(small, ({ operation }) =>
    operation === "HeadObject" ? error(404, "NoSuchKey") : undefined,
  );
  expect(record).toMatchObject({
    before: { state: "unknown" },
    outcome: { kind: "failed", reason: "listed-not-found" },
  });
  expect(record?.notes).toContain("HEAD does not find it, but the listing shows it");
  expect(summary.total.statesNow.unknown.objects).toBe(1);
});

describe("object with HEAD and GET refused with 400", () => {
  const refusedWith = (code: string) =>
    migrateOne(small, ({ operation }) =>
      operation === "HeadObject" || operation === "GetObject" ? error(400, code) : undefined,
    );

  test.each(["BadRequest", "XMinioInvalidResourceName"])(
    "fails with an unknown state if the code is %s",
    async (code) => {
      const { record } = await refusedWith(code);
      expect(record).toMatchObject({
        before: { state: "unknown" },
        outcome: { kind: "failed", reason: "store-error" },
      });
    },
  );

  test.each(["InvalidRequest", "InvalidArgument"])(
    "is reported as SSE-C if the code is %s, as for a missing key",
    async (code) => {
      expect((await refusedWith(code)).record?.before.state).toBe("sse-c");
    },
  );
});

describe("migrate of an object", () => {
  test("retries a copy that the store throttles three times", async () => {
    const { outcome, seen } = await migrateOne(small, ({ operation }, _, nth) =>
      operation === "CopyObject" && nth <= 3 ? error(503, "SlowDown") : undefined,
    );
    expect(outcome?.kind).toBe("migrated");
    expect(seen.CopyObject).toBe(4);
  });

  test.each([
    ["CopyObject", "aws", "strict"],
    ["CopyObject", "ovh", "off"],
    ["PutObject", "ovh", "strict"],
  ] as const)("succeeds if the response to %s is lost on %s under race: %s", async (lost, profile, race) => {
    const { outcome, stateNow } = await migrateOne(
      small,
      ({ operation }, _, nth) => (operation === lost && nth === 1 ? { kind: "reset-after" } : undefined),
      {
        more: { race, ...(profile === "aws" ? { provider: "aws", region: "gra" } : {}) },
        sandbox: { profile, behaviour: { unsetDefaultEncryption: "not-found" } },
      },
    );
    expect(outcome?.kind).toBe("migrated");
    expect((await stateNow()).encryption).toBe("AES256");
  });

  test("fails if every PutObject answers 200 with InternalError", { tags: ["slow"] }, async () => {
    const { outcome, record } = await migrateOne(
      small,
      ({ operation }) =>
        operation === "PutObject" ? { kind: "error", status: 200, code: "InternalError" } : undefined,
      { more: { race: "strict" } },
    );
    expect(outcome?.kind).toBe("failed");
    expect(record?.after).toBeNull();
  });

  test("resends all metadata if the store refuses a self-copy that changes none", async () => {
    const headers = { "x-amz-meta-owner": "finance", "content-type": "text/x-test", "x-amz-tagging": "a=1" };
    const { outcome, record, seen, stateNow } = await migrateOne({ ...small, headers }, undefined, {
      sandbox: { behaviour: { selfCopyChangingSse: "refused" } },
    });
    expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy-replacing" });
    expect(record?.notes).toContainEqual(expect.stringMatching(/^not by copy: copyObject: InvalidRequest: .*illegal/));
    expect(seen.CopyObject).toBe(2);
    expect(await stateNow()).toMatchObject({ encryption: "AES256", tags: ["a=1"] });
  });

  test("rewrites the object if the store implements no copy but honours conditions", { tags: ["slow"] }, async () => {
    const { outcome, seen } = await migrateOne(
      small,
      ({ operation }) => (/Copy/.test(operation) ? error(501, "NotImplemented") : undefined),
      { more: { race: "auto", rewriteBelow: 0 } },
    );
    expect(outcome).toEqual({ kind: "migrated", strategy: "rewrite", guard: "source-and-destination" });
    expect(seen.AbortMultipartUpload).toBe(1);
  });

  test("fails, rather than rewriting without a condition, if the store implements no copy", async () => {
    const { outcome, stateNow } = await migrateOne(
      small,
      ({ operation }) => (/Copy/.test(operation) ? error(501, "NotImplemented") : undefined),
      { more: { race: "auto", provider: "generic" } },
    );
    expect(outcome).toMatchObject({ kind: "failed", detail: expect.stringContaining("NotImplemented") });
    expect((await stateNow()).encryption).toBeNull();
  });

  test.each([
    error(400, "EntityTooLarge"),
    error(
      400,
      "InvalidRequest",
      "The specified copy source is larger than the maximum allowable size for a copy source: 1",
    ),
  ])("uses a multipart copy if the store reports the object as too large: %j", { tags: ["slow"] }, async (fault) => {
    const { outcome, stateNow } = await migrateOne(large, ({ operation }) =>
      operation === "CopyObject" ? fault : undefined,
    );
    expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy-multipart" });
    expect((await stateNow()).encryption).toBe("AES256");
  });

  test("fails as access-denied, with the call, if the copy is denied", async () => {
    const { outcome, stateNow } = await migrateOne(small, ({ operation }) =>
      operation === "CopyObject" ? error(403, "AccessDenied") : undefined,
    );
    expect(outcome).toMatchObject({
      kind: "failed",
      reason: "access-denied",
      detail: expect.stringContaining("copyObject"),
    });
    expect((await stateNow()).encryption).toBeNull();
  });

  test("fails if the store answers 200 but does not encrypt", async () => {
    const { outcome } = await migrateOne(small, undefined, { sandbox: { profile: "liar" } });
    expect(outcome).toMatchObject({ kind: "failed", reason: "not-encrypted-after-copy" });
  });

  test("fails if the copy lost metadata, and names it", async () => {
    const headers = { "x-amz-meta-owner": "finance" };
    const sandbox = { behaviour: { metadataAfterCopy: "dropped" as const } };
    const { outcome } = await migrateOne({ ...small, headers }, undefined, { sandbox });
    expect(outcome).toMatchObject({ kind: "failed", reason: "differs-after-copy" });
    expect(outcome?.kind === "failed" && outcome.detail).toContain("x-amz-meta-owner");
  });
});
