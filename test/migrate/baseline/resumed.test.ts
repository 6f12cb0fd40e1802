import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type AuditOptions, audit, type RunRecord } from "../../../migrate/index.js";
import { fillBucket } from "../../buckets/fill-bucket.js";
import { pathOf, sendOk } from "../../buckets/raw-s3.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

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

it("a resumed audit keeps its baseline and seed, and its totals add up", async () => {
  const { run, runDir, resume } = await interrupted();
  const resumed = await resume();
  expect(resumed.run.baseline).toEqual(run.baseline);
  expect(resumed.summary.total).toMatchObject({ listed: KEYS.length, closes: true });
  const taken = [...(await outcomesOf(runDir)).values()].filter(({ baseline }) => baseline?.use === "taken");
  expect(taken.length).toBeGreaterThan(80);
});

it("a resumed audit accepts the same baseline at another path, and refuses another baseline", async () => {
  const { baseline, resume, raw, optionsFor } = await interrupted();
  await sendOk(raw, { method: "DELETE", path: pathOf("kept", "k000") });
  const other = await audit(await optionsFor("kept"));
  await expect(resume({ baseline: other.runDir })).rejects.toThrow(
    /^--baseline: ".*" is another run than the one that/,
  );
  await rename(baseline, `${baseline}-moved`);
  await expect(resume()).rejects.toThrow(/^--baseline: ".*" holds no run/);
  expect((await resume({ baseline: `${baseline}-moved` })).run.sessions.at(-1)?.end).toBe("complete");
});

it("a resumed audit re-reads every object if its baseline was discarded right before the kill", async () => {
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
