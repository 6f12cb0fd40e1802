import { describe, expect, it } from "vitest";
import { type MigrateOptions, migrate, readJournal } from "../../../migrate/index.js";
import { startWorld, type World } from "../../buckets/start-world.js";

const BUCKET = "contested";
const KEYS = ["one", "two", "three"];

/** A store whose copies take a write of somebody else between the look and the commit. */
async function contestedWorld(interrupted: string, profile: "ovh" | "aws" | "no-conditions"): Promise<World> {
  const written = new Set<string>();
  let filled = false;
  const world: World = await startWorld({
    profile,
    // The default of `aws` would encrypt whatever is put.
    behaviour: { unsetDefaultEncryption: "not-found" },
    intercept: async ({ operation, key }) => {
      if (filled && operation === interrupted && KEYS.includes(key) && !written.has(key)) {
        written.add(key);
        await put(world, key, `newer ${key}`);
      }
      return undefined;
    },
  });
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  for (const key of [...KEYS, "empty"]) await put(world, key, key === "empty" ? "" : `older ${key}`);
  filled = true;
  return world;
}

async function put({ raw }: World, key: string, body: string): Promise<void> {
  await raw.send({ method: "PUT", path: `/${BUCKET}/${key}`, body: Buffer.from(body) });
}

async function read({ raw }: World, key: string) {
  const { headers, body } = await raw.send({ path: `/${BUCKET}/${key}` });
  return { body: body.toString(), sse: headers["x-amz-server-side-encryption"] };
}

async function migratedBy(runDir: string): Promise<Record<string, [string, string]>> {
  const by: Record<string, [string, string]> = {};
  for await (const record of readJournal(runDir)) {
    if (record.kind !== "outcome" || record.outcome.kind !== "migrated") continue;
    by[record.key] = [record.outcome.strategy, record.outcome.guard];
  }
  return by;
}

const AWS: Partial<MigrateOptions> = { provider: "aws", region: "gra" };
const GUARDED = "source-and-destination";

describe.each(["strict", "auto"] as const)("migrate under race: %s", (race) => {
  it.each([
    ["CopyObject", "aws", "copy", AWS],
    ["CompleteMultipartUpload", "ovh", "copy-multipart", { rewriteBelow: 0 }],
    ["PutObject", "ovh", "rewrite", {}],
  ] as const)(
    "keeps a client write that comes just before %s on %s",
    { tags: ["slow"] },
    async (interrupted, profile, strategy, more) => {
      const world = await contestedWorld(interrupted, profile);
      const { runDir, summary } = await migrate(await world.optionsFor(BUCKET, { race, ...more }));
      for (const key of KEYS) expect(await read(world, key)).toEqual({ body: `newer ${key}`, sse: "AES256" });
      expect(await read(world, "empty")).toEqual({ body: "", sse: "AES256" });
      expect(summary.total.outcomes.migrated.objects).toBe(KEYS.length + 1);
      const by = await migratedBy(runDir);
      for (const key of KEYS) expect(by[key]).toEqual([strategy, GUARDED]);
      // Nothing can be copied in parts that has none.
      expect(by.empty).toEqual([profile === "aws" ? "copy" : "rewrite", GUARDED]);
    },
  );
});

describe("migrate on a store without conditions", () => {
  it("refuses every object under --race strict, and writes nothing", async () => {
    const world = await contestedWorld("never", "no-conditions");
    world.sandbox.resetCalls();
    const { summary } = await migrate(await world.optionsFor(BUCKET, { race: "strict", provider: "generic" }));
    expect(summary.total.reasons["no-destination-condition"]?.objects).toBe(KEYS.length + 1);
    for (const write of ["CopyObject", "PutObject", "CreateMultipartUpload"]) {
      expect(world.sandbox.calls).not.toHaveProperty(write);
    }
  });

  it("copies every object under --race auto, and records that only the source was guarded", async () => {
    const world = await contestedWorld("never", "no-conditions");
    const { runDir } = await migrate(await world.optionsFor(BUCKET, { provider: "generic" }));
    const by = await migratedBy(runDir);
    for (const key of [...KEYS, "empty"]) expect(by[key]).toEqual(["copy", "source"]);
  });
});

it("migrate under --race off uses the cheapest strategy, and records its guard", { tags: ["slow"] }, async () => {
  const world = await contestedWorld("never", "ovh");
  const { runDir } = await migrate(await world.optionsFor(BUCKET, { race: "off" }));
  for (const by of Object.values(await migratedBy(runDir))) expect(by).toEqual(["copy", "source"]);
  expect(world.sandbox.calls).not.toHaveProperty("CreateMultipartUpload");
});
