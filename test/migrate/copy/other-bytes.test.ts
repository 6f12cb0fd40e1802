import { describe, expect, test } from "vitest";
import { migrate } from "../../../migrate/index.js";
import type { SandboxOptions } from "../../../sandbox/index.js";
import { createBucket, putObject } from "../../buckets/put-object.js";
import { readObject } from "../../buckets/read-bucket.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

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
  test("aborts the upload, and copies the object by another strategy", async () => {
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

  test("completes if nothing reveals the difference, and the object fails", async () => {
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
