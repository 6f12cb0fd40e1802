import { cp, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type AuditOptions,
  audit,
  checkRun,
  migrate,
  type RunRecord,
  readJournal,
  TOOL_VERSION,
} from "../../../migrate/index.js";
import type { VersionRecord } from "../../../migrate/journal/observation.js";
import type { SandboxOptions } from "../../../sandbox/index.js";
import { pathOf, sendOk } from "../../buckets/raw-s3.js";
import { fillBucket, manyObjects, newFolder, startWorld } from "../../buckets/start-world.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../../length.js";
import { auditOfMany, outcomesOf } from "../fixtures/outcomes-of.js";
import { VERSIONED_BUCKET, versionedWorld, writeHistory } from "../fixtures/versioned-world.js";

const SEALED = { "x-amz-server-side-encryption": "AES256" };
const keysOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `objects/${String(index).padStart(5, "0")}`);
/** A minute ago, always: whatever is written then has one and the same date. */
const frozen = () => {
  const time = new Date(Date.now() - 60_000);
  return () => time;
};
const isIntact = async (runDir: string) => (await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings;

describe("audit --baseline", () => {
  it("lists 20,000 unchanged objects once, reads 1 % of them, and points to the lines of the others", {
    tags: "slow",
    timeout: SWEEP_TIMEOUT_MS,
  }, async () => {
    const dataDir = await manyObjects("large", keysOf(20_000), { body: Buffer.from("one"), headers: SEALED });
    const { sandbox, optionsFor } = await startWorld({ dataDir });
    const options = await optionsFor("large");
    const first = LONG ? (await audit(options)).runDir : await auditOfMany(options, keysOf(20_000));
    sandbox.resetCalls();
    const again = await audit(await optionsFor("large", { baseline: first }));
    // Once by the baseline, and once more at the end, since the bucket has no default encryption.
    expect(sandbox.calls.ListObjectsV2).toBeLessThanOrEqual(40);
    expect(sandbox.calls.HeadObject).toBe(200);
    expect(again.verdict.headline).toBe("0 of 20,000 objects are unencrypted, but large has no default encryption");
    expect(again.summary.total).toMatchObject({ closes: true, evidenceNow: { baseline: { objects: 19_800 } } });
    expect(await isIntact(again.runDir)).toEqual([]);
    const outcomes = await outcomesOf(again.runDir);
    const { segment = "", line = 0 } = outcomes.get("objects/12345")?.baseline ?? {};
    const named = (await readFile(join(first, segment), "utf8")).split("\n")[line - 1] ?? "{}";
    expect(JSON.parse(named)).toMatchObject({ kind: "outcome", key: "objects/12345", before: { state: "sse-s3" } });
  });

  it("reads objects that are new or were written since, and omits deleted ones", async () => {
    let clock = frozen();
    const { sandbox, raw, optionsFor } = await startWorld({ clock: () => clock() });
    const bodies = keysOf(100).map((key) => ({ key, body: Buffer.from(key), headers: SEALED }));
    await fillBucket(raw, "mixed", bodies);
    const { runDir } = await audit(await optionsFor("mixed"));
    clock = () => new Date();
    await sendOk(raw, { method: "PUT", path: pathOf("mixed", "objects/00007"), body: Buffer.from("objects/00007") });
    await sendOk(raw, { method: "PUT", path: pathOf("mixed", "objects/new"), body: Buffer.from("new") });
    await sendOk(raw, { method: "DELETE", path: pathOf("mixed", "objects/00008") });
    sandbox.resetCalls();
    const again = await audit(await optionsFor("mixed", { baseline: runDir, baselineSample: 0 }));
    const outcomes = await outcomesOf(again.runDir);
    expect(outcomes.get("objects/00007")?.before).toMatchObject({ state: "none", evidence: "head-header" });
    expect(outcomes.get("objects/new")?.before).toMatchObject({ state: "none", evidence: "head-header" });
    expect(outcomes.get("objects/00009")?.before.state).toBe("sse-s3");
    expect(again.summary.total).toMatchObject({ listed: 100, closes: true, statesNow: { none: { objects: 2 } } });
    expect(outcomes.has("objects/00008")).toBe(false);
    expect(sandbox.calls.HeadObject).toBeLessThanOrEqual(2 + 30);
  });

  it.each([0, 100])(
    "still reports a copy that differs until somebody overwrites it, with a sample of %i %",
    { tags: ["slow"] },
    async (baselineSample) => {
      const time = new Date(Date.now() - 60_000);
      const world = await startWorld({ clock: () => time });
      const { raw, sandbox, optionsFor } = world;
      const headers = { "content-disposition": "r\u00e9sum\u00e9" };
      await fillBucket(raw, "misread", [
        { key: "a", body: Buffer.from("a"), headers },
        { key: "b", body: Buffer.from("b") },
      ]);
      sandbox.changeBehaviour({ headerEncoding: "misread" });
      const migrated = await migrate(await optionsFor("misread", { canary: false, race: "auto" }));
      const outcome = (await outcomesOf(migrated.runDir)).get("a")?.outcome;
      expect(outcome).toMatchObject({ kind: "failed", reason: "differs-after-copy" });
      expect(outcome?.kind === "failed" && outcome.detail).toContain('"r\u00e9sum\u00e9" ->');
      expect(outcome?.kind === "failed" && outcome.detail).toContain("misread its encoding");
      let baseline = migrated.runDir;
      for (let again = 0; again < 2; again += 1) {
        const { runDir, verdict } = await audit(await optionsFor("misread", { baseline, baselineSample }));
        const outcomes = await outcomesOf(runDir);
        expect(outcomes.get("a")).toMatchObject({
          before: { state: "sse-s3" },
          outcome: { reason: "differs-after-copy" },
        });
        expect(JSON.stringify(outcomes.get("a")?.outcome)).toContain("nobody wrote to it since");
        expect(outcomes.get("b")?.outcome.kind).toBe("already-encrypted");
        expect(verdict.kind).not.toBe("sealed");
        expect(await isIntact(runDir)).toEqual([]);
        baseline = runDir;
      }
      await sendOk(raw, { method: "PUT", path: pathOf("misread", "a"), body: Buffer.from("newer"), headers: SEALED });
      const { runDir } = await audit(await optionsFor("misread", { baseline, baselineSample }));
      expect((await outcomesOf(runDir)).get("a")?.outcome.kind).toBe("already-encrypted");
    },
  );

  it("discards the baseline when a sampled object contradicts it, and re-reads every object", {
    tags: ["slow"],
  }, async () => {
    const { sandbox, raw, optionsFor } = await startWorld({ clock: frozen() });
    const bodies = keysOf(300).map((key) => ({ key, body: Buffer.from(key), headers: SEALED }));
    await fillBucket(raw, "behind", bodies);
    const { runDir } = await audit(await optionsFor("behind"));
    // Same bytes, same second, and plaintext: by its listing nothing has changed.
    for (const { key, body } of bodies.slice(200)) {
      await sendOk(raw, { method: "PUT", path: pathOf("behind", key), body });
    }
    sandbox.resetCalls();
    const dropped: string[] = [];
    const again = await audit({
      ...(await optionsFor("behind", { baseline: runDir, baselineSeed: 7 })),
      onEvent: (event) => {
        if (event.kind === "baseline-dropped") dropped.push(event.contradiction.key);
      },
    });
    expect(dropped).toHaveLength(1);
    expect(again.run.baseline?.dropped).toMatchObject({ key: dropped[0], said: "sse-s3", found: "none" });
    const outcomes = await outcomesOf(again.runDir);
    expect([...outcomes.values()].filter(({ baseline }) => baseline !== undefined)).toEqual([]);
    expect([...outcomes.values()].filter(({ before }) => before.evidence !== "head-header")).toEqual([]);
    expect(again.summary.total).toMatchObject({ listed: 300, closes: true, statesNow: { none: { objects: 100 } } });
    expect(await isIntact(again.runDir)).toEqual([]);
    expect(sandbox.calls.HeadObject).toBeGreaterThan(300);
  });

  it("misses a change outside the sample, and finds it with a sample of 100 %", { tags: ["slow"] }, async () => {
    const { raw, optionsFor } = await startWorld({ clock: frozen() });
    const bodies = keysOf(300).map((key) => ({ key, body: Buffer.from(key), headers: SEALED }));
    await fillBucket(raw, "unmet", bodies);
    const { runDir } = await audit(await optionsFor("unmet"));
    const options = await optionsFor("unmet", { baseline: runDir, baselineSeed: 7 });
    const before = await outcomesOf((await audit(options)).runDir);
    const unmet = [...before.values()].find(({ baseline }) => baseline?.use === "taken")?.key ?? "";
    await sendOk(raw, { method: "PUT", path: pathOf("unmet", unmet), body: Buffer.from(unmet) });
    const again = await audit({ ...options, out: join(await newFolder(), "run") });
    expect(again.run.baseline?.dropped).toBeNull();
    expect((await outcomesOf(again.runDir)).get(unmet)?.before).toMatchObject({
      state: "sse-s3",
      evidence: "baseline",
    });
    const all = await audit({ ...options, out: join(await newFolder(), "run"), baselineSample: 100 });
    expect(all.run.baseline?.dropped).toMatchObject({ key: unmet });
  });

  it("refuses an edited baseline, and one of another store, before it creates a run folder", async () => {
    const { raw, optionsFor } = await startWorld({ clock: frozen() });
    await fillBucket(raw, "held", [{ key: "a", body: Buffer.from("a"), headers: SEALED }]);
    const { runDir } = await audit(await optionsFor("held"));
    const edited = join(await newFolder(), "edited");
    await cp(runDir, edited, { recursive: true });
    const segment = join(edited, "journal", (await readdir(join(edited, "journal")))[0] ?? "");
    const text = await readFile(segment, "utf8");
    await writeFile(segment, text.replace('"sse-s3"', '"sse-s4"'));
    const options = await optionsFor("held", { baseline: edited });
    await expect(audit(options)).rejects.toThrow(/^--baseline: ".*edited" is not intact \(journal\/000001\.ndjson: /);
    await expect(readdir(options.out ?? "")).rejects.toThrow("ENOENT");
    const other = await startWorld();
    await fillBucket(other.raw, "held", [{ key: "a", body: Buffer.from("a"), headers: SEALED }]);
    await expect(audit(await other.optionsFor("held", { baseline: runDir }))).rejects.toThrow(
      /^--baseline: ".*" is a run at http:\/\/127\.0\.0\.1:\d+, and this run is at/,
    );
  });

  it("points to the run that read the object, past a baseline that itself used a baseline", {
    tags: ["slow"],
  }, async () => {
    const { raw, optionsFor } = await startWorld({ clock: frozen() });
    await fillBucket(
      raw,
      "nightly",
      keysOf(90).map((key) => ({ key, body: Buffer.from(key), headers: SEALED })),
    );
    const first = await audit(await optionsFor("nightly"));
    const second = await audit(await optionsFor("nightly", { baseline: first.runDir, baselineSeed: 1 }));
    const third = await audit(await optionsFor("nightly", { baseline: second.runDir, baselineSeed: 2 }));
    const [ofSecond, ofThird] = [await outcomesOf(second.runDir), await outcomesOf(third.runDir)];
    const runs = new Set([...ofThird.values()].map(({ baseline }) => baseline?.run));
    expect(runs).toEqual(new Set([second.run.baseline?.run, third.run.baseline?.run]));
    const taken = [...ofThird.values()].filter(({ baseline }) => baseline?.use === "taken");
    expect(taken).toHaveLength(60);
    for (const { key, baseline } of taken) {
      const before = ofSecond.get(key)?.baseline;
      expect(baseline?.run).toBe(before?.use === "taken" ? before.run : third.run.baseline?.run);
    }
    expect(third.run.baseline?.origins.map(({ lines }) => lines).toSorted()).toEqual([30, 60]);
  });
});

describe("audit --baseline with versions", () => {
  const KEYS = Array.from({ length: 40 }, (_, index) => `k${String(index).padStart(2, "0")}`);

  async function worldOf(options: SandboxOptions = {}) {
    const time = new Date(Date.now() - 60_000);
    const world = await versionedWorld({ ...options, clock: () => time });
    for (const key of KEYS) await writeHistory(world.raw, key, [{ plain: "1" }, { sealed: "22" }]);
    return world;
  }

  async function versionsOf(runDir: string): Promise<VersionRecord[]> {
    const records: VersionRecord[] = [];
    for await (const record of readJournal(runDir)) if (record.kind === "version") records.push(record);
    return records;
  }

  it("audit --baseline takes current and noncurrent versions by ID, and reads only the sample", {
    tags: ["slow"],
  }, async () => {
    const { sandbox, optionsFor } = await worldOf();
    const first = await audit(await optionsFor(VERSIONED_BUCKET));
    sandbox.resetCalls();
    const again = await audit(await optionsFor(VERSIONED_BUCKET, { baseline: first.runDir }));
    expect(sandbox.calls.HeadObject).toBe(30);
    expect(again.summary.total.noncurrent).toEqual(first.summary.total.noncurrent);
    expect(again.summary.total).toMatchObject({ closes: true, statesNow: first.summary.total.statesNow });
    const [versions, outcomes] = [await versionsOf(again.runDir), await outcomesOf(again.runDir)];
    const uses = [...versions, ...outcomes.values()].map(({ baseline }) => baseline?.use);
    expect(uses.filter((use) => use === "taken")).toHaveLength(50);
    const before = await outcomesOf(first.runDir);
    for (const [key, outcome] of outcomes) expect(outcome.before.versionId).toBe(before.get(key)?.before.versionId);
  });

  it("audit --baseline reads a version that overwrote a known one, though the object listing is equal", {
    tags: ["slow"],
  }, async () => {
    const { raw, optionsFor } = await worldOf();
    const { runDir } = await audit(await optionsFor(VERSIONED_BUCKET));
    // Same bytes in the same second, in plaintext.
    for (const key of KEYS) await writeHistory(raw, key, [{ plain: "22" }]);
    const again = await audit(await optionsFor(VERSIONED_BUCKET, { baseline: runDir }));
    expect(again.run.baseline?.dropped).toBeNull();
    expect(again.summary.total.statesNow.none.objects).toBe(KEYS.length);
    for (const { before, baseline } of (await outcomesOf(again.runDir)).values()) {
      expect({ state: before.state, evidence: before.evidence, baseline }).toEqual({
        state: "none",
        evidence: "head-header",
        baseline: undefined,
      });
    }
    const older = await versionsOf(again.runDir);
    expect(older.filter(({ baseline }) => baseline?.use === "taken")).toHaveLength(2 * KEYS.length - 30);
  });

  it("audit --baseline reads every object if versions cannot be listed", { tags: ["slow"] }, async () => {
    const users = [
      { accessKeyId: "ALL", secretAccessKey: "all-secret-of-this-test" },
      { accessKeyId: "FEW", secretAccessKey: "few-secret-of-this-test", deny: ["s3:ListBucketVersions"] },
    ];
    const { sandbox, optionsFor } = await worldOf({ credentials: users });
    const { runDir } = await audit(await optionsFor(VERSIONED_BUCKET));
    sandbox.resetCalls();
    const credentials = users[1];
    const again = await audit(await optionsFor(VERSIONED_BUCKET, { baseline: runDir, credentials, noncurrent: false }));
    expect(sandbox.calls.HeadObject).toBe(KEYS.length);
    expect(again.summary.total).toMatchObject({
      closes: true,
      evidenceNow: { "head-header": { objects: KEYS.length } },
    });
  });
});

const KEYS = Array.from({ length: 120 }, (_, index) => `k${String(index).padStart(3, "0")}`);

/** An audit by a baseline that was interrupted half-way, and what it takes to go on with it. */
async function interrupted() {
  const time = new Date(Date.now() - 60_000);
  const world = await startWorld({ clock: () => time });
  const headers = { "x-amz-server-side-encryption": "AES256" };
  await fillBucket(
    world.raw,
    "kept",
    KEYS.map((key) => ({ key, body: Buffer.from(key), headers })),
  );
  const { runDir: baseline } = await audit(await world.optionsFor("kept"));
  const options: AuditOptions = await world.optionsFor("kept", { baseline, concurrency: 4 });
  const stop = new AbortController();
  let outcomes = 0;
  const onEvent: AuditOptions["onEvent"] = ({ kind }) => {
    if (kind === "outcome") outcomes += 1;
    if (outcomes === 60) stop.abort();
  };
  const { run, runDir } = await audit({ ...options, onEvent, signal: stop.signal });
  expect(run.sessions.at(-1)?.end).toBe("interrupted");
  const { credentials, endpoint } = options;
  return {
    ...world,
    baseline,
    run,
    runDir,
    resume: (more: AuditOptions = {}) => audit({ out: runDir, resume: true, credentials, endpoint, ...more }),
  };
}

it("a resumed audit keeps its baseline and seed, and its totals add up", { tags: ["slow"] }, async () => {
  const { run, runDir, resume } = await interrupted();
  const resumed = await resume();
  expect(resumed.run.baseline).toEqual(run.baseline);
  expect(resumed.summary.total).toMatchObject({ listed: KEYS.length, closes: true });
  const taken = [...(await outcomesOf(runDir)).values()].filter(({ baseline }) => baseline?.use === "taken");
  expect(taken.length).toBeGreaterThan(80);
});

it("a resumed audit accepts the same baseline at another path, and refuses another baseline", {
  tags: ["slow"],
}, async () => {
  const { baseline, resume, raw, optionsFor } = await interrupted();
  await sendOk(raw, { method: "DELETE", path: pathOf("kept", "k000") });
  const other = await audit(await optionsFor("kept"));
  await expect(resume({ baseline: other.runDir })).rejects.toThrow(/^--baseline: ".*" is not the run that/);
  await rename(baseline, `${baseline}-moved`);
  await expect(resume()).rejects.toThrow(/^--baseline: ".*" contains no readable run/);
  expect((await resume({ baseline: `${baseline}-moved` })).run.sessions.at(-1)?.end).toBe("complete");
});

it("a resumed audit re-reads every object if its baseline was discarded right before the kill", {
  tags: ["slow"],
}, async () => {
  const { run, runDir, resume } = await interrupted();
  const contradiction = {
    bucket: "kept",
    key: "k119",
    versionId: null,
    said: "sse-s3",
    found: "none",
    detail: "",
    at: "",
  };
  const dropped = { ...run, baseline: { ...run.baseline, dropped: contradiction } } as RunRecord;
  await writeFile(join(runDir, "run.json"), JSON.stringify(dropped));
  const resumed = await resume();
  expect(resumed.summary.total).toMatchObject({ listed: KEYS.length, closes: true });
  expect(resumed.summary.total.evidenceNow).toEqual({
    "head-header": expect.objectContaining({ objects: KEYS.length }),
  });
  expect([...(await outcomesOf(runDir)).values()].filter(({ baseline }) => baseline !== undefined)).toEqual([]);
});
