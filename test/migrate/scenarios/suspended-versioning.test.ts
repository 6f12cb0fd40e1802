import { expect, test } from "vitest";
import { migrate } from "../../../migrate/index.js";
import type { Intercept, SandboxOptions } from "../../../sandbox/index.js";
import { createBucket, pathOf, putObject, type RawS3, sendOk } from "../../buckets/raw-s3.js";
import { readObject } from "../../buckets/read-bucket.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";
import { everythingIn, setVersioning } from "../fixtures/versioned-world.js";

const put = (raw: RawS3, key: string, body: string) => putObject(raw, "suspended", { key, body: Buffer.from(body) });
const remove = (raw: RawS3, key: string) => sendOk(raw, { method: "DELETE", path: pathOf("suspended", key) });

/** The versions of each key: from before versioning, from while it was on, and since it was suspended. */
async function suspendedBucket(intercept?: Intercept, behaviour: SandboxOptions["behaviour"] = {}) {
  const world = await startWorld({ behaviour, ...(intercept && { intercept }) });
  const { raw } = world;
  await createBucket(raw, "suspended");
  await put(raw, "null beneath", "the oldest");
  await setVersioning(raw, "suspended", "Enabled");
  await put(raw, "null beneath", "newer");
  await put(raw, "named alone", "newer");
  await setVersioning(raw, "suspended", "Suspended");
  await put(raw, "null on top", "the newest");
  await remove(raw, "marker beneath");
  await setVersioning(raw, "suspended", "Enabled");
  await put(raw, "marker beneath", "newer");
  await setVersioning(raw, "suspended", "Suspended");
  return world;
}

test("with suspended versioning an object is refused if its copy would replace a null version", async () => {
  const { raw, optionsFor } = await suspendedBucket();
  const before = await everythingIn(raw, "suspended");
  const dryRun = await migrate(await optionsFor("suspended", { dryRun: true }));
  expect(dryRun.summary.total.reasons["would-replace-null-version"]?.objects).toBe(1);
  expect(await everythingIn(raw, "suspended")).toBe(before);

  const { runDir } = await migrate(await optionsFor("suspended"));

  const refused = { kind: "refused", reason: "would-replace-null-version" };
  expect((await outcomesOf(runDir)).get("null beneath")?.outcome).toEqual(refused);
  const oldest = { path: `${pathOf("suspended", "null beneath")}?versionId=null` };
  expect((await sendOk(raw, oldest)).body.toString()).toBe("the oldest");
});

test.each(["named alone", "null on top", "marker beneath"])(
  "with suspended versioning the object %j is migrated",
  { tags: ["slow"] },
  async (key) => {
    const { raw, optionsFor } = await suspendedBucket();
    const { runDir } = await migrate(await optionsFor("suspended"));
    expect((await outcomesOf(runDir)).get(key)?.outcome.kind).toBe("migrated");
    expect((await readObject(raw, "suspended", key)).encryption).toBe("AES256");
  },
);

test("with suspended versioning another strategy is used if PUT with If-Match is refused", {
  tags: ["slow"],
}, async () => {
  const { raw, optionsFor } = await suspendedBucket(undefined, { putConditionsOnNamedVersions: "refused" });
  const { runDir } = await migrate(await optionsFor("suspended"));
  const record = (await outcomesOf(runDir)).get("named alone");
  expect(record?.outcome).toMatchObject({ kind: "migrated", strategy: "copy-multipart" });
  expect(record?.notes.join()).toMatch(/not by rewrite: putObject: PreconditionFailed: .*nobody wrote/);
  expect(record?.notes.join()).not.toContain("someone else");
  expect(await readObject(raw, "suspended", "named alone")).toMatchObject({ status: 200, encryption: "AES256" });
});

test("if versioning cannot be read, only an object with a null version beneath is refused", {
  tags: ["slow"],
}, async () => {
  const { raw, optionsFor } = await suspendedBucket(({ operation }) =>
    operation === "GetBucketVersioning" ? { kind: "error", status: 403, code: "AccessDenied" } : undefined,
  );
  const { runDir, run } = await migrate(await optionsFor("suspended"));
  expect(run.buckets[0]?.versioning).toBe("unreadable");
  const outcomes = [...(await outcomesOf(runDir))].map(([key, { outcome }]) => [key, outcome.kind]);
  expect(Object.fromEntries(outcomes)).toEqual({
    "marker beneath": "migrated",
    "named alone": "migrated",
    "null beneath": "refused",
    "null on top": "migrated",
  });
  const oldest = { path: `${pathOf("suspended", "null beneath")}?versionId=null` };
  expect((await sendOk(raw, oldest)).body.toString()).toBe("the oldest");
});
