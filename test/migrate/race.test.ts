import { describe, expect, it } from "vitest";
import { migrate, readJournal } from "../../migrate/index.js";
import { startWorld, type World } from "../buckets/start-world.js";

const BUCKET = "contested";
const KEYS = ["one", "two", "three"];

/** A store whose copies take a write of somebody else between the look and the commit. */
async function contestedWorld(interrupted: string, profile: "ovh" | "aws" | "no-conditions"): Promise<World> {
  const written = new Set<string>();
  const world: World = await startWorld({
    profile,
    // The default of `aws` would encrypt whatever is put.
    behaviour: { unsetDefaultEncryption: "not-found" },
    intercept: async ({ operation, key }) => {
      if (operation === interrupted && KEYS.includes(key) && !written.has(key)) {
        written.add(key);
        await put(world, key, `newer ${key}`);
      }
      return undefined;
    },
  });
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  for (const key of [...KEYS, "empty"]) await put(world, key, key === "empty" ? "" : `older ${key}`);
  return world;
}

async function put({ raw }: World, key: string, body: string): Promise<void> {
  await raw.send({ method: "PUT", path: `/${BUCKET}/${key}`, body: Buffer.from(body) });
}

async function read({ raw }: World, key: string) {
  const { headers, body } = await raw.send({ path: `/${BUCKET}/${key}` });
  return { body: body.toString(), sse: headers["x-amz-server-side-encryption"] };
}

describe("under race: strict", () => {
  it("copies in parts where only their completion takes a condition, and undoes no write that lands before it", async () => {
    const world = await contestedWorld("CompleteMultipartUpload", "ovh");
    const { summary } = await migrate(await world.optionsFor(BUCKET, { race: "strict" }));
    for (const key of KEYS) expect(await read(world, key)).toEqual({ body: `newer ${key}`, sse: "AES256" });
    expect(summary.total.outcomes.migrated.objects).toBe(KEYS.length);
    expect(summary.total.reasons["no-destination-condition"]?.objects).toBe(1);
    expect(await read(world, "empty")).toEqual({ body: "", sse: undefined });
  });

  it("copies in one piece where that takes a condition, and undoes no write either", async () => {
    const world = await contestedWorld("CopyObject", "aws");
    const options = await world.optionsFor(BUCKET, { race: "strict", provider: "aws", region: "gra" });
    const { summary } = await migrate(options);
    for (const key of KEYS) expect(await read(world, key)).toEqual({ body: `newer ${key}`, sse: "AES256" });
    expect(summary.total.outcomes.migrated.objects).toBe(KEYS.length + 1);
    expect(world.sandbox.calls).not.toHaveProperty("CreateMultipartUpload");
  });

  it("refuses every object of a store that documents no such condition, and writes nothing", async () => {
    const world = await contestedWorld("never", "no-conditions");
    world.sandbox.resetCalls();
    const { summary } = await migrate(await world.optionsFor(BUCKET, { race: "strict", provider: "generic" }));
    expect(summary.total.outcomes.refused.objects).toBe(KEYS.length + 1);
    expect(world.sandbox.calls).not.toHaveProperty("CopyObject");
    expect(world.sandbox.calls).not.toHaveProperty("CreateMultipartUpload");
  });
});

describe("under race: auto", () => {
  it("copies in one piece all the same, and writes down which guard each object had", async () => {
    const world = await contestedWorld("never", "ovh");
    const { runDir } = await migrate(await world.optionsFor(BUCKET));
    const guards: string[] = [];
    for await (const record of readJournal(runDir)) {
      if (record.kind === "outcome" && record.outcome.kind === "migrated") guards.push(record.outcome.guard);
    }
    expect(guards).toEqual(Array(KEYS.length + 1).fill("source"));
    expect(world.sandbox.calls).not.toHaveProperty("CreateMultipartUpload");
  });
});
