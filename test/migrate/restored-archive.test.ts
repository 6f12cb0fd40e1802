import { expect, test } from "vitest";
import { type GivenOptions, migrate } from "../../migrate/index.js";
import { startWorld } from "../buckets/start-world.js";
import { outcomesOf } from "./fixtures/outcomes-of.js";

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
