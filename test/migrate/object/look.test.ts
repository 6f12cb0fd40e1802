import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { migrate } from "../../../migrate/index.js";
import { isLongWait } from "../../../migrate/object/object-result.js";
import { pathOf, sendOk } from "../../buckets/raw-s3.js";
import { readObject } from "../../buckets/read-bucket.js";
import { fillBucket, startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

test("isLongWait distinguishes short and long waits, and passes on a rejection", async () => {
  expect(await isLongWait(Promise.resolve())).toBe(false);
  expect(await isLongWait(sleep(300))).toBe(true);
  await expect(isLongWait(Promise.reject(new Error("no")))).rejects.toThrow("no");
});

test("an object that becomes public while the canary runs stays public", async () => {
  let meddled = false;
  const world = await startWorld({
    intercept: async ({ operation, key }) => {
      // The throw-away object is put once the first real one was looked at.
      if (meddled || operation !== "PutObject" || !key.includes("bucketseal-canary")) return undefined;
      meddled = true;
      await sendOk(world.raw, {
        method: "PUT",
        path: pathOf("bucket", "a", "?acl"),
        headers: { "x-amz-acl": "public-read" },
      });
      return { kind: "delay", ms: 400 };
    },
  });
  await fillBucket(world.raw, "bucket", [{ key: "a", body: Buffer.from("1") }]);
  const { runDir } = await migrate(await world.optionsFor("bucket", { race: "off" }));
  expect(meddled).toBe(true);
  const after = await readObject(world.raw, "bucket", "a");
  expect(after.encryption).toBe("AES256");
  expect(after.grants.join()).toContain("AllUsers");
  // The wait is no change of somebody else's.
  expect((await outcomesOf(runDir)).get("a")).toMatchObject({ attempts: 1, notes: [] });
});
