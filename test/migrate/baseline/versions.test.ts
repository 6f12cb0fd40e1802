import { expect, it } from "vitest";
import { audit, readJournal } from "../../../migrate/index.js";
import type { VersionRecord } from "../../../migrate/journal/observation.js";
import type { SandboxOptions } from "../../../sandbox/index.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";
import { BUCKET, versionedWorld, writeHistory } from "../versions/versioned-world.js";

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

it("audit --baseline takes current and noncurrent versions by ID, and reads only the sample", async () => {
  const { sandbox, optionsFor } = await worldOf();
  const first = await audit(await optionsFor(BUCKET));
  sandbox.resetCalls();
  const again = await audit(await optionsFor(BUCKET, { baseline: first.runDir }));
  expect(sandbox.calls.HeadObject).toBe(30);
  expect(again.summary.total.noncurrent).toEqual(first.summary.total.noncurrent);
  expect(again.summary.total).toMatchObject({ closes: true, statesNow: first.summary.total.statesNow });
  const [versions, outcomes] = [await versionsOf(again.runDir), await outcomesOf(again.runDir)];
  const uses = [...versions, ...outcomes.values()].map(({ baseline }) => baseline?.use);
  expect(uses.filter((use) => use === "taken")).toHaveLength(50);
  const before = await outcomesOf(first.runDir);
  for (const [key, outcome] of outcomes) expect(outcome.before.versionId).toBe(before.get(key)?.before.versionId);
});

it("audit --baseline reads a version that overwrote a known one, though the object listing is equal", async () => {
  const { raw, optionsFor } = await worldOf();
  const { runDir } = await audit(await optionsFor(BUCKET));
  // Same bytes in the same second, in plaintext.
  for (const key of KEYS) await writeHistory(raw, key, [{ plain: "22" }]);
  const again = await audit(await optionsFor(BUCKET, { baseline: runDir }));
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

it("audit --baseline reads every object if versions cannot be listed", async () => {
  const users = [
    { accessKeyId: "ALL", secretAccessKey: "all-secret-of-this-test" },
    { accessKeyId: "FEW", secretAccessKey: "few-secret-of-this-test", deny: ["s3:ListBucketVersions"] },
  ];
  const { sandbox, optionsFor } = await worldOf({ credentials: users });
  const { runDir } = await audit(await optionsFor(BUCKET));
  sandbox.resetCalls();
  const credentials = users[1];
  const again = await audit(await optionsFor(BUCKET, { baseline: runDir, credentials, noncurrent: false }));
  expect(sandbox.calls.HeadObject).toBe(KEYS.length);
  expect(again.summary.total).toMatchObject({ closes: true, evidenceNow: { "head-header": { objects: KEYS.length } } });
});
