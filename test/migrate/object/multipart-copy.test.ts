import { describe, expect, test } from "vitest";
import { migrate } from "../../../migrate/index.js";
import type { Policy } from "../../../migrate/model/policy.js";
import type { CopyJob } from "../../../migrate/object/copy-job.js";
import { PartsUnknown, sourceParts } from "../../../migrate/object/multipart-copy.js";
import type { SandboxOptions } from "../../../sandbox/index.js";
import { createBucket, putObject } from "../../buckets/raw-s3.js";
import { readObject } from "../../buckets/read-bucket.js";
import { startWorld } from "../../buckets/start-world.js";
import { copyJob, facts } from "../fixtures/facts.js";
import { fakeStore } from "../fixtures/fake-store.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const MIB = 1024 * 1024;

/** An object that was uploaded in parts of these sizes, and what HEAD with the number of a part says of it. */
function jobOf(sizes: readonly number[], how: Partial<Policy>, told = sizes): CopyJob & { readonly asked: number[] } {
  const asked: number[] = [];
  const headObject = async ({ partNumber = 0 }) => {
    asked.push(partNumber);
    return { headers: { "content-length": String(told[partNumber - 1]) }, requestId: null };
  };
  const sizeBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
  const of = facts({ etag: `0123456789abcdef0123456789abcdef-${sizes.length}`, sizeBytes });
  const job = copyJob({ store: fakeStore({ headObject }), facts: of }, { partBytes: 8 * MIB, ...how });
  return { ...job, asked };
}

const sizesOf = async (job: CopyJob) =>
  (await sourceParts(job, job.capabilities)).map(({ range: [first, last] }) => last - first + 1);

describe("sourceParts", () => {
  // As many parts as if all but the last were as large as the first.
  const uneven = [6, 7, 6, 5].map((mib) => mib * MIB);

  test("keeps the part sizes of the source, even if uneven, with --etag keep", async () => {
    const job = jobOf(uneven, { etag: "keep" });
    expect(await sizesOf(job)).toEqual(uneven);
    expect(job.asked.toSorted()).toEqual([1, 2, 3, 4]);
  });

  test("uses the size of the first part with --etag any, with one request", async () => {
    const job = jobOf(uneven, { etag: "any" });
    expect(await sizesOf(job)).toEqual([6, 6, 6, 6].map((mib) => mib * MIB));
    expect(job.asked).toEqual([1]);
  });

  test.each([[[6]], [[6, 2]]])("needs only the first part for sizes %j", async (mibs) => {
    const job = jobOf(
      mibs.map((mib) => mib * MIB),
      { etag: "keep" },
    );
    expect(await sizesOf(job)).toEqual(mibs.map((mib) => mib * MIB));
    expect(job.asked).toEqual([1]);
  });

  test("throws PartsUnknown if the store does not report part sizes", async () => {
    const whole = uneven.map(() => 24 * MIB);
    await expect(sizesOf(jobOf(uneven, { etag: "keep" }, whole))).rejects.toThrow(PartsUnknown);
  });
});

const BODY = Buffer.from("a body of more than ten bytes");
const IN_PARTS = { copyCutoff: 1, rewriteBelow: 0, race: "off", assume: undefined } as const;

/** A store whose parts are whole while it is probed, and cut short once an object of the run is copied. */
async function cuttingWorld(options: SandboxOptions = {}) {
  const world = await startWorld({
    ...options,
    intercept: ({ operation, key = "" }) => {
      if (operation === "UploadPartCopy") {
        world.sandbox.changeBehaviour({ copiedBytes: key === "real" ? "first-ten" : "all" });
      }
      return undefined;
    },
  });
  await createBucket(world.raw, "bucket");
  await putObject(world.raw, "bucket", { key: "real", body: BODY });
  return world;
}

describe("multipart copy, if a part returns the ETag of other bytes", () => {
  test("aborts the upload, and copies the object by another strategy", { tags: ["slow"] }, async () => {
    const { raw, sandbox, optionsFor } = await cuttingWorld();
    const before = await readObject(raw, "bucket", "real");
    const { runDir } = await migrate(await optionsFor("bucket", IN_PARTS));
    const record = (await outcomesOf(runDir)).get("real");
    expect(record?.outcome).toMatchObject({ kind: "migrated", strategy: "rewrite" });
    expect(record?.notes.join()).toMatch(
      /not by copy-multipart: uploadPartCopy: OtherBytes: .*other bytes were copied/,
    );
    expect(await readObject(raw, "bucket", "real")).toEqual({ ...before, encryption: "AES256" });
    expect(sandbox.calls.AbortMultipartUpload).toBeGreaterThan(0);
  });

  test("completes if nothing reveals the difference, and the object fails", { tags: ["slow"] }, async () => {
    const { raw, optionsFor } = await cuttingWorld({ behaviour: { etagOfForeignKeys: "md5" } });
    const { runDir, verdict } = await migrate(await optionsFor("bucket", { ...IN_PARTS, assume: "documented" }));
    expect((await outcomesOf(runDir)).get("real")?.outcome).toMatchObject({
      kind: "failed",
      detail: expect.stringContaining("size: 29 -> 10"),
    });
    expect(verdict.kind).toBe("differs");
    expect((await readObject(raw, "bucket", "real")).status).toBe(200);
  });
});
