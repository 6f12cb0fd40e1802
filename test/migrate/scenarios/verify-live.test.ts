import { describe, expect, it } from "vitest";
import { audit, type ComparedLine, type VerifyLiveOptions, verifyLive } from "../../../migrate/index.js";
import type { Intercept } from "../../../sandbox/index.js";
import { customerKeyHeaders } from "../../buckets/mixed-objects.js";
import { pathOf, putObject, sendOk } from "../../buckets/raw-s3.js";
import { fillBucket, newKeyFile, startWorld } from "../../buckets/start-world.js";
import { VERSIONED_BUCKET, versionedWorld, writeHistory } from "../fixtures/versioned-world.js";

const SEALED = { "x-amz-server-side-encryption": "AES256" };

async function worldOf(count: number) {
  const time = new Date(Date.now() - 60_000);
  let clock = () => time;
  const heads: string[] = [];
  const intercept: Intercept = ({ operation, key }) => {
    if (operation === "HeadObject") heads.push(key);
    return undefined;
  };
  const world = await startWorld({ clock: () => clock(), intercept });
  const keys = Array.from({ length: count }, (_, index) => `k${String(index).padStart(3, "0")}`);
  await fillBucket(
    world.raw,
    "held",
    keys.map((key) => ({ key, body: Buffer.from(key), headers: SEALED })),
  );
  const options = await world.optionsFor("held");
  const { credentials, endpoint } = options;
  const live = async (runDir: string, more: VerifyLiveOptions = {}) => {
    const found: ComparedLine[] = [];
    const check = await verifyLive(runDir, {
      credentials,
      endpoint,
      onDifference: (line) => void found.push(line),
      ...more,
    });
    return { ...check, found: Object.fromEntries(found.map(({ key, kind }) => [key, kind])), lines: check.lines };
  };
  const put = (key: string, headers = {}) =>
    sendOk(world.raw, { method: "PUT", path: pathOf("held", key), body: Buffer.from(key), headers });
  const goOn = () => {
    clock = () => new Date();
  };
  return { ...world, options, live, put, goOn, heads };
}

describe("verifyLive", () => {
  it("finds an unchanged bucket as reported, with one HEAD per line, and writes nothing", {
    tags: ["slow"],
  }, async () => {
    const { sandbox, options, live } = await worldOf(40);
    const { runDir } = await audit(options);
    sandbox.resetCalls();
    const check = await live(runDir, { countNew: true });
    expect(check).toMatchObject({ lines: 40, sample: null, end: "complete", newObjects: 0, found: {} });
    expect(check.results).toMatchObject({ same: 40, changed: 0, contradicts: 0 });
    expect(sandbox.calls.HeadObject).toBe(40);
    expect(Object.keys(sandbox.calls).filter((name) => !/^(Head|List|Get)/.test(name))).toEqual([]);
  });

  it("distinguishes objects changed since from objects that contradict the report", async () => {
    const { raw, options, live, put, goOn } = await worldOf(5);
    const { runDir } = await audit(options);
    // Same bytes in the same second, and plaintext now: the very object of the report, by all that a listing shows.
    await put("k001");
    goOn();
    await put("k002");
    await sendOk(raw, { method: "DELETE", path: pathOf("held", "k003") });
    await put("new");
    const check = await live(runDir, { countNew: true });
    expect(check.found).toEqual({ k001: "contradicts", k002: "changed", k003: "gone" });
    expect(check.results).toMatchObject({ same: 2, changed: 1, gone: 1, contradicts: 1 });
    expect(check.newObjects).toBe(1);
  });

  it("matches every object of the report if the store lists keys in UTF-16 order", { tags: ["slow"] }, async () => {
    const world = await startWorld({ behaviour: { listingOrder: "utf-16" } });
    const put = (key: string) => ({ key, body: Buffer.from(key), headers: SEALED });
    await fillBucket(world.raw, "held", ["a", "\u{1f98a}", "\u{1f98a}/b", "\uff5e", "\uff5e/c", "\uffef"].map(put));
    const options = await world.optionsFor("held");
    const { runDir } = await audit(options);
    const live = () =>
      verifyLive(runDir, { credentials: options.credentials, endpoint: options.endpoint, countNew: true });
    expect(await live()).toMatchObject({ results: { same: 6 }, newObjects: 0 });
    for (const key of ["\uff5e/new", "\u{1f98a}/new"]) await putObject(world.raw, "held", put(key));
    expect(await live()).toMatchObject({ results: { same: 6 }, newObjects: 2 });
  });

  it("looks up the requested number of lines, drawn by the seed", { tags: ["slow"] }, async () => {
    const { heads, options, live } = await worldOf(60);
    const { runDir } = await audit(options);
    const asked: string[][] = [];
    for (const seed of [5, 5, 6]) {
      heads.length = 0;
      const check = await live(runDir, { sample: 10, seed });
      expect(check).toMatchObject({ lines: 60, sample: { lines: 10, seed }, results: { same: 10 } });
      expect(new Set(heads).size).toBe(10);
      asked.push(heads.toSorted());
    }
    expect(asked[1]).toEqual(asked[0]);
    expect(asked[2]).not.toEqual(asked[0]);
    expect((await live(runDir, { sample: 1000 })).sample).toBeNull();
  });

  it("reports needs-key for objects under customer keys, and verifies them with the key", {
    tags: ["slow"],
  }, async () => {
    const { raw, options, live, put } = await worldOf(1);
    const key = Buffer.alloc(32, 7);
    await put("vault", customerKeyHeaders(key));
    const { runDir } = await audit(options);
    expect((await live(runDir)).results).toMatchObject({ same: 1, "needs-key": 1, contradicts: 0 });
    const ssecKeyFile = [(await newKeyFile(key)).path];
    expect((await live(runDir, { ssecKeyFile })).results).toMatchObject({ same: 2, "needs-key": 0, contradicts: 0 });
    await sendOk(raw, {
      method: "PUT",
      path: pathOf("held", "k000"),
      body: Buffer.from("x"),
      headers: customerKeyHeaders(key),
    });
    expect((await live(runDir)).found).toMatchObject({ k000: "changed" });
  });

  it("looks up noncurrent versions by ID", async () => {
    const { raw, optionsFor } = await versionedWorld();
    await writeHistory(raw, "a", [{ plain: "1" }, { sealed: "22" }]);
    const options = await optionsFor(VERSIONED_BUCKET);
    const { runDir } = await audit(options);
    await writeHistory(raw, "a", [{ sealed: "333" }]);
    const kinds: string[] = [];
    const onDifference = ({ kind, versionId }: ComparedLine) =>
      void kinds.push(`${versionId === null ? "current" : "older"} ${kind}`);
    const check = await verifyLive(runDir, {
      credentials: options.credentials,
      endpoint: options.endpoint,
      onDifference,
    });
    expect(kinds).toEqual(["current changed"]);
    expect(check.results).toMatchObject({ same: 1, changed: 1 });
  });

  it("reports all invalid options together, and a bucket that does not exist", async () => {
    const { options, live } = await worldOf(1);
    const { runDir } = await audit(options);
    const bad = { sample: "none", seed: -1, concurrency: 0 };
    const error = await live(runDir, bad).catch((thrown: unknown) => thrown);
    expect((error as { problems: readonly string[] }).problems.map((words) => words.split(":")[0])).toEqual([
      "--sample",
      "--seed",
      "--concurrency",
    ]);
    const elsewhere = await startWorld();
    await expect(live(runDir, { endpoint: elsewhere.sandbox.endpoint })).rejects.toThrow(
      'bucket "held" does not exist',
    );
  });
});
