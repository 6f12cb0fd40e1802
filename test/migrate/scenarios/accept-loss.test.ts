import { describe, expect, it, test } from "vitest";
import { type GivenOptions, migrate, readJournal } from "../../../migrate/index.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const BUCKET = "tagged";
/** Questions that the store answers nobody. */
const UNANSWERED = ["GetObjectTagging", "GetObjectAcl"];

async function taggedWorld() {
  const world = await startWorld({
    intercept: ({ operation }) =>
      UNANSWERED.includes(operation) ? { kind: "error", status: 403, code: "AccessDenied" } : undefined,
  });
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  const put = {
    method: "PUT",
    path: `/${BUCKET}/key`,
    headers: { "x-amz-tagging": "a=1&b=2" },
    body: Buffer.alloc(2048),
  };
  await world.raw.send(put);
  const options = (more: object) => world.optionsFor(BUCKET, more);
  const head = async () => (await world.raw.send({ method: "HEAD", path: `/${BUCKET}/key` })).headers;
  return { options, head };
}

async function notesOf(runDir: string): Promise<string[]> {
  const notes: string[] = [];
  for await (const record of readJournal(runDir)) if (record.kind === "outcome") notes.push(...record.notes);
  return notes;
}

describe("migrate, if tags and ACL cannot be read", () => {
  it("refuses the object and leaves it unencrypted", async () => {
    const { options, head } = await taggedWorld();
    const { summary } = await migrate(await options({}));
    expect(summary.total.outcomes.refused.objects).toBe(1);
    expect((await head())["x-amz-server-side-encryption"]).toBeUndefined();
  });

  it("accepts both losses with --accept-loss, keeps the tags in a single copy, and notes what may be lost", async () => {
    const { options, head } = await taggedWorld();
    const { summary, runDir } = await migrate(await options({ acceptLoss: ["acl", "tags"], race: "off" }));
    expect(summary.total.outcomes.migrated.objects).toBe(1);
    expect(await head()).toMatchObject({ "x-amz-server-side-encryption": "AES256", "x-amz-tagging-count": "2" });
    expect((await notesOf(runDir)).join("; ")).toMatch(/access control list could not be read.*tags could not be read/);
  });

  it("accepts that a multipart copy loses the tags, and counts the object as migrated", async () => {
    const { options, head } = await taggedWorld();
    const { summary } = await migrate(await options({ acceptLoss: ["acl", "tags"], copyCutoff: 1024 }));
    expect(summary.total.outcomes.migrated.objects).toBe(1);
    expect((await head())["x-amz-tagging-count"]).toBeUndefined();
  });
});

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
