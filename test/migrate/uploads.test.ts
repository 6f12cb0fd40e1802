import { describe, expect, test } from "vitest";
import { type MigrateOptions, migrate } from "../../migrate/index.js";
import type { Intercept } from "../../sandbox/index.js";
import { fillBucket } from "../buckets/fill-bucket.js";
import { LONG_TAGS } from "../buckets/mixed-objects.js";
import { type RawS3, sendOk } from "../buckets/raw-s3.js";
import { readObject } from "../buckets/read-bucket.js";
import { startWorld } from "../buckets/start-world.js";
import { outcomesOf } from "./fixtures/outcomes-of.js";

const MIB = 1024 * 1024;
const body = Buffer.alloc(32 * MIB, "0123456789");

async function openUploads(raw: RawS3): Promise<number> {
  const { body } = await sendOk(raw, { path: "/bucket?uploads=" });
  return body.toString().split("<Upload>").length - 1;
}

/** Migrates one object of seven parts. */
async function migrateLarge(intercept: Intercept, more: Partial<MigrateOptions> = {}) {
  const world = await startWorld({ intercept });
  await fillBucket(world.raw, "bucket", [{ key: "large", body, tags: LONG_TAGS }]);
  const before = await readObject(world.raw, "bucket", "large");
  const options = await world.optionsFor("bucket", { copyCutoff: MIB, partSize: 5 * MIB, canary: false, ...more });
  const { runDir } = await migrate(options);
  return { ...world, options, before, outcome: (await outcomesOf(runDir)).get("large")?.outcome };
}

describe("multipart copy", () => {
  test("completes its upload, and leaves none open", async () => {
    const { raw, sandbox, outcome } = await migrateLarge(() => undefined);
    expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy-multipart", guard: "source-and-destination" });
    expect(sandbox.calls.UploadPartCopy).toBe(7);
    expect(await openUploads(raw)).toBe(0);
  });

  test.each(["UploadPartCopy", "CompleteMultipartUpload"])(
    "aborts its upload if %s fails for good, and leaves the object unchanged",
    async (failing) => {
      const { raw, sandbox, before, outcome } = await migrateLarge(({ operation }) =>
        operation === failing ? { kind: "error", status: 403, code: "AccessDenied" } : undefined,
      );
      expect(outcome).toMatchObject({ kind: "failed", reason: "access-denied" });
      expect(sandbox.calls.AbortMultipartUpload).toBe(1);
      expect(await openUploads(raw)).toBe(0);
      expect(await readObject(raw, "bucket", "large")).toEqual(before);
    },
  );

  test("aborts its upload on an interruption between two parts, and is repeated by a resume", async () => {
    const interruption = new AbortController();
    const intercept: Intercept = ({ operation }) => {
      if (operation === "UploadPartCopy") interruption.abort();
      return undefined;
    };
    const { raw, sandbox, before, outcome, options } = await migrateLarge(intercept, {
      signal: interruption.signal,
      concurrency: 4,
    });
    expect(outcome).toBeUndefined();
    expect(sandbox.calls.UploadPartCopy).toBeLessThan(7);
    expect(await openUploads(raw)).toBe(0);
    expect(await readObject(raw, "bucket", "large")).toEqual(before);
    const { summary } = await migrate({
      out: options.out,
      credentials: options.credentials,
      endpoint: options.endpoint,
      resume: true,
    });
    expect(summary.total.outcomes.migrated.objects).toBe(1);
    expect(await openUploads(raw)).toBe(0);
  });

  test("detects completion despite a lost response, and puts tags that fit no header", async () => {
    let answers = 0;
    const { raw, before, outcome } = await migrateLarge(({ operation }) => {
      if (operation === "CompleteMultipartUpload") answers += 1;
      return operation === "CompleteMultipartUpload" && answers === 1 ? { kind: "reset-after" } : undefined;
    });
    expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy-multipart" });
    const { tags, headers, encryption } = await readObject(raw, "bucket", "large");
    expect({ tags, headers, encryption }).toEqual({ tags: before.tags, headers: before.headers, encryption: "AES256" });
    expect(tags).toHaveLength(LONG_TAGS.length);
  });

  test("succeeds after a part was throttled for a while", async () => {
    let parts = 0;
    const { outcome } = await migrateLarge(({ operation }) => {
      if (operation === "UploadPartCopy") parts += 1;
      const refused = operation === "UploadPartCopy" && parts <= 3;
      return refused ? { kind: "error", status: 503, code: "SlowDown" } : undefined;
    });
    expect(outcome?.kind).toBe("migrated");
  });
});
