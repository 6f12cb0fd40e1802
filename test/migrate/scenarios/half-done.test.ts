import { describe, expect, test } from "vitest";
import { type MigrateOptions, migrate } from "../../../migrate/index.js";
import type { Fault, InterceptedRequest } from "../../../sandbox/index.js";
import { LONG_TAGS } from "../../buckets/mixed-objects.js";
import { type NewObject, pathOf, putObject, type RawS3, sendOk } from "../../buckets/raw-s3.js";
import { readObject } from "../../buckets/read-bucket.js";
import { fillBucket, startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const MIB = 1024 * 1024;

type Meddle = (request: InterceptedRequest, nth: number, raw: RawS3) => Promise<Fault | undefined> | Fault | undefined;

/** Migrates one object, with `meddle` asked before each request of the run that names it. */
async function migrateOne(object: Omit<NewObject, "key">, more: Partial<MigrateOptions>, meddle: Meddle) {
  const seen: Record<string, number> = {};
  let active = false;
  const world = await startWorld({
    intercept: async (request) => {
      if (!active || request.key !== "a") return undefined;
      seen[request.operation] = (seen[request.operation] ?? 0) + 1;
      active = false;
      const fault = await meddle(request, seen[request.operation] ?? 0, world.raw);
      active = true;
      return fault;
    },
  });
  await fillBucket(world.raw, "bucket", [{ ...object, key: "a" }]);
  const before = await readObject(world.raw, "bucket", "a");
  active = true;
  const { runDir } = await migrate(await world.optionsFor("bucket", { canary: false, ...more }));
  active = false;
  const record = (await outcomesOf(runDir)).get("a");
  return { record, before, after: await readObject(world.raw, "bucket", "a") };
}

describe("tags put after the copy", () => {
  const tagged = { body: Buffer.alloc(11 * MIB, "tagged"), tags: LONG_TAGS, partBytes: 5 * MIB };
  const inParts: Partial<MigrateOptions> = { race: "off", copyCutoff: 1, partSize: 5 * MIB };
  const loseFirst = (operation: string, nth: number): Fault | undefined =>
    operation === "CompleteMultipartUpload" && nth === 1 ? { kind: "reset-after" } : undefined;

  test("are put even if the response to a copy that kept the ETag was lost", { tags: ["slow"] }, async () => {
    const { record, before, after } = await migrateOne(tagged, inParts, ({ operation }, nth) =>
      loseFirst(operation, nth),
    );
    expect(after).toEqual({ ...before, encryption: "AES256" });
    expect(after.tags).toHaveLength(LONG_TAGS.length);
    expect(record?.outcome).toMatchObject({ kind: "migrated", strategy: "copy-multipart" });
  });

  test("appear in the failure of the object if putting them is denied", { tags: ["slow"] }, async () => {
    const { record } = await migrateOne(tagged, inParts, ({ operation }, nth) =>
      operation === "PutObjectTagging"
        ? { kind: "error", status: 403, code: "AccessDenied" }
        : loseFirst(operation, nth),
    );
    expect(record?.outcome).toMatchObject({
      kind: "failed",
      detail: expect.stringContaining(JSON.stringify(LONG_TAGS[0]?.[0])),
    });
  });

  test("are not put on an object that another client has overwritten since", { tags: ["slow"] }, async () => {
    const headers = { "x-amz-server-side-encryption": "AES256", "x-amz-meta-of": "others" };
    const others = { key: "a", body: tagged.body, partBytes: tagged.partBytes, headers };
    const { record, after } = await migrateOne(tagged, inParts, async ({ operation }, nth, raw) => {
      if (operation === "CompleteMultipartUpload" && nth === 2) await putObject(raw, "bucket", others);
      return loseFirst(operation, nth);
    });
    expect(after).toMatchObject({ tags: [], headers: { "x-amz-meta-of": "others" } });
    expect(record?.outcome.kind).toBe("already-encrypted");
  });
});

describe("404 for the tags of an existing object", () => {
  const tagged = { body: Buffer.from("1"), headers: { "x-amz-tagging": "a=1" } };
  const noTagSet: Fault = { kind: "error", status: 404, code: "NoSuchTagSet" };

  test("causes a second attempt if it occurs once", async () => {
    const { record, before, after } = await migrateOne(tagged, { race: "off" }, ({ operation }, nth) =>
      operation === "GetObjectTagging" && nth === 1 ? noTagSet : undefined,
    );
    expect(record).toMatchObject({ outcome: { kind: "migrated" }, attempts: 2 });
    expect(after).toEqual({ ...before, encryption: "AES256" });
  });

  test("fails the object, and does not report it as vanished, if it repeats", async () => {
    const { record, before, after } = await migrateOne(tagged, { race: "off" }, ({ operation }) =>
      operation === "GetObjectTagging" ? noTagSet : undefined,
    );
    expect(record?.outcome.kind).toBe("failed");
    expect(record?.notes.join()).toContain("NoSuchTagSet");
    expect(after).toEqual(before);
  });
});

describe("rewrite", () => {
  test.each([1, 9 * MIB])(
    "keeps metadata that was replaced before it read the %i bytes",
    { tags: ["slow"] },
    async (bytes) => {
      const object = { body: Buffer.alloc(bytes, "b"), headers: { "x-amz-meta-state": "old" } };
      const more: Partial<MigrateOptions> = { race: "strict", rewriteBelow: "1GiB" };
      const { record, before, after } = await migrateOne(object, more, async ({ operation }, nth, raw) => {
        if (operation !== "GetObject" || nth !== 1) return undefined;
        const headers = {
          "x-amz-copy-source": "bucket/a",
          "x-amz-metadata-directive": "REPLACE",
          "x-amz-meta-state": "new",
        };
        await sendOk(raw, { method: "PUT", path: pathOf("bucket", "a"), headers });
        return undefined;
      });
      expect(record).toMatchObject({ outcome: { kind: "migrated", strategy: "rewrite" }, attempts: 2 });
      expect(after.headers["x-amz-meta-state"]).toBe("new");
      expect(after).toMatchObject({ etag: before.etag, bodySha256: before.bodySha256, encryption: "AES256" });
    },
  );
});
