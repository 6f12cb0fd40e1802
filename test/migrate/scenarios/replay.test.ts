import { describe, expect, test } from "vitest";
import { migrate, readJournal } from "../../../migrate/index.js";
import { pathOf, sendOk } from "../../buckets/raw-s3.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";
import {
  readHistory,
  setVersioning,
  VERSIONED_BUCKET,
  versionedWorld,
  wordsOf,
  writeHistory,
} from "../fixtures/versioned-world.js";

const REPLAY = { versions: "replay", yes: true } as const;

describe.each(["ovh", "reference"] as const)("replay on a store like %s", (profile) => {
  test("recreates the history of a key encrypted, in order, with delete markers and equal length", {
    tags: ["slow"],
  }, async () => {
    const { raw, optionsFor } = await versionedWorld({ profile });
    await writeHistory(raw, "a", [
      { sealed: "0" },
      "deleted",
      { plain: "1" },
      { sealed: "2" },
      "deleted",
      { plain: "" },
      { plain: "4" },
    ]);
    await writeHistory(raw, "alone", [{ plain: "5" }]);
    await writeHistory(raw, "a/longer key", [{ sealed: "6" }, { sealed: "7" }]);
    const before = await readHistory(raw);

    const { summary, verdict, runDir } = await migrate(await optionsFor(VERSIONED_BUCKET, REPLAY));

    expect(await wordsOf(raw, "a")).toEqual([
      "sealed 4",
      "sealed ",
      "deleted",
      "sealed 2",
      "sealed 1",
      "deleted",
      "sealed 0",
    ]);
    expect(await wordsOf(raw, "alone")).toEqual(["sealed 5"]);
    const after = await readHistory(raw);
    expect(after.get("a/longer key")).toEqual(before.get("a/longer key"));
    expect(after.get("a")?.slice(-2)).toEqual(before.get("a")?.slice(-2));
    expect(verdict.kind).toBe("no-default");
    expect(summary.total).toMatchObject({ listed: 3, closes: true, outcomes: { migrated: { objects: 2 } } });
    expect(summary.total.noncurrent).toMatchObject({ closes: true, listed: 5, replayed: { objects: 3, bytes: 2 } });
    const outcome = (await outcomesOf(runDir)).get("a");
    expect(outcome?.notes).toContain("its history was re-created: 4 versions and 1 delete marker");
    expect(outcome?.replayed?.map(({ after: made }) => made.state)).toEqual(["sse-s3", "sse-s3", "sse-s3"]);
    // HEAD of the version, its copy, and HEAD of that.
    const requests = [outcome, ...(outcome?.replayed ?? [])].map((made) => made?.requestIds);
    expect(requests.map((ids) => ids?.length)).toEqual([3, 3, 3, 3]);
    expect(new Set(requests.flat()).size).toBe(12);
    expect(outcome?.replayed?.every(({ strategy, guard }) => strategy && guard)).toBe(true);
  });
});

test("replay removes nothing more after a removal took bytes of a current object", async () => {
  const { raw, optionsFor } = await versionedWorld({ behaviour: { removalTakesCurrentBody: true } });
  for (const key of ["a", "b", "c"]) await writeHistory(raw, key, [{ plain: "1" }, { plain: "2" }]);
  const { verdict, runDir } = await migrate(await optionsFor(VERSIONED_BUCKET, { ...REPLAY, concurrency: 1 }));
  const entries = await Promise.all(["a", "b", "c"].map(async (key) => (await wordsOf(raw, key)).length));
  // The first key has its history twice, but for the one version; of the others nothing was made.
  expect(entries).toEqual([3, 3, 3]);
  expect(verdict.kind).not.toBe("sealed");
  expect(JSON.stringify([...(await outcomesOf(runDir))])).toContain("damaged the current object");
});

test("replay uses the next strategy if the store wrongly reports a concurrent write", { tags: ["slow"] }, async () => {
  const { raw, optionsFor } = await versionedWorld({ behaviour: { putConditionsOnNamedVersions: "refused" } });
  await writeHistory(raw, "a", [{ plain: "1" }, { plain: "2" }]);
  const { verdict, runDir } = await migrate(await optionsFor(VERSIONED_BUCKET, { ...REPLAY, canary: false }));
  expect(await wordsOf(raw, "a")).toEqual(["sealed 2", "sealed 1"]);
  expect(verdict.kind).toBe("no-default");
  expect((await outcomesOf(runDir)).get("a")?.outcome).toMatchObject({ kind: "migrated", strategy: "copy-multipart" });
});

test("replay keeps headers, metadata, tags and storage class of a noncurrent version", async () => {
  const { raw, optionsFor } = await versionedWorld();
  const headers = {
    "content-type": "text/x-old",
    "cache-control": "no-store",
    "x-amz-meta-owner": "finance",
    "x-amz-tagging": "team=a&year=2024",
    "x-amz-storage-class": "STANDARD_IA",
  };
  await writeHistory(raw, "a", [{ plain: "old", headers }, { plain: "new" }]);
  const read = async () => {
    const [, older] = (await readHistory(raw)).get("a") ?? [];
    const query = `?versionId=${older?.versionId}`;
    const { headers: found } = await sendOk(raw, { method: "HEAD", path: pathOf(VERSIONED_BUCKET, "a", query) });
    const tags = await sendOk(raw, { path: pathOf(VERSIONED_BUCKET, "a", `?tagging&versionId=${older?.versionId}`) });
    const kept = Object.keys({ ...headers, etag: "" }).map((name) => [name, found[name]]);
    return { kept, tags: tags.body.toString() };
  };
  const before = await read();
  await migrate(await optionsFor(VERSIONED_BUCKET, REPLAY));
  expect(await wordsOf(raw, "a")).toEqual(["sealed new", "sealed old"]);
  expect(await read()).toEqual(before);
});

test("replay does not revive a key with a delete marker on top, and reports what lies beneath", async () => {
  const { raw, optionsFor } = await versionedWorld();
  await writeHistory(raw, "deleted", [{ plain: "1" }, "deleted"]);
  const before = await readHistory(raw);
  const { summary } = await migrate(await optionsFor(VERSIONED_BUCKET, REPLAY));
  expect(await readHistory(raw)).toEqual(before);
  expect(summary.total.noncurrent?.plaintextBecause).toEqual({ "beneath-delete-marker": { objects: 1, bytes: 1 } });
});

test("replay changes only the current version if the history has a locked one, and notes the date", {
  tags: ["slow"],
}, async () => {
  const { raw, optionsFor } = await versionedWorld({}, { "x-amz-bucket-object-lock-enabled": "true" });
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const lock = { "x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": until };
  await writeHistory(raw, "a", [{ plain: "1" }, { plain: "2", headers: lock }, { plain: "3" }]);
  await writeHistory(raw, "free", [{ plain: "4" }, { plain: "5" }]);
  const { summary, runDir } = await migrate(await optionsFor(VERSIONED_BUCKET, REPLAY));
  expect(await wordsOf(raw, "a")).toEqual(["sealed 3", "plain 3", "plain 2", "plain 1"]);
  expect(await wordsOf(raw, "free")).toEqual(["sealed 5", "sealed 4"]);
  expect((await outcomesOf(runDir)).get("a")?.notes.join()).toContain(`cannot comply before ${until}`);
  expect(summary.total.noncurrent?.plaintextBecause).toEqual({
    locked: { objects: 1, bytes: 1 },
    "history-not-recreated": { objects: 2, bytes: 2 },
  });
});

test("replay recreates no history if versioning is suspended", { tags: ["slow"] }, async () => {
  const { raw, optionsFor } = await versionedWorld();
  await writeHistory(raw, "a", [{ plain: "1" }, { plain: "2" }]);
  await setVersioning(raw, VERSIONED_BUCKET, "Suspended");
  const { runDir } = await migrate(await optionsFor(VERSIONED_BUCKET, REPLAY));
  expect(await wordsOf(raw, "a")).toEqual(["sealed 2", "plain 2", "plain 1"]);
  expect((await outcomesOf(runDir)).get("a")?.notes.join()).toContain("versioning is suspended");
});

test("replay recreates a null version under an ID of its own", { tags: ["slow"] }, async () => {
  const { raw, optionsFor } = await versionedWorld();
  await setVersioning(raw, VERSIONED_BUCKET, "Suspended");
  await writeHistory(raw, "a", [{ plain: "null" }]);
  await setVersioning(raw, VERSIONED_BUCKET, "Enabled");
  await writeHistory(raw, "a", [{ plain: "named" }]);
  await migrate(await optionsFor(VERSIONED_BUCKET, REPLAY));
  const entries = (await readHistory(raw)).get("a") ?? [];
  expect(entries.map(({ words }) => words)).toEqual(["sealed named", "sealed null"]);
  expect(entries.map(({ versionId }) => versionId)).not.toContain("null");
});

test("replay needs a destination condition, unless --race off is given", async () => {
  const world = await versionedWorld({ profile: "reference" });
  const { raw, optionsFor } = world;
  await writeHistory(raw, "a", [{ plain: "1" }, { plain: "2" }]);
  const more = { ...REPLAY, provider: "generic", assume: "documented" } as const;
  const { runDir } = await migrate(await optionsFor(VERSIONED_BUCKET, more));
  expect(await wordsOf(raw, "a")).toEqual(["sealed 2", "plain 2", "plain 1"]);
  expect((await outcomesOf(runDir)).get("a")?.notes.join()).toContain("--race off needs none");
  await migrate(await optionsFor(VERSIONED_BUCKET, { ...more, race: "off" }));
  expect((await wordsOf(raw, "a")).every((words) => words.startsWith("sealed"))).toBe(true);
});

test("a dry run with --versions replay recreates nothing", async () => {
  const { raw, optionsFor } = await versionedWorld();
  await writeHistory(raw, "a", [{ plain: "1" }, { plain: "2" }]);
  const before = await readHistory(raw);
  const { runDir } = await migrate(await optionsFor(VERSIONED_BUCKET, { versions: "replay", dryRun: true }));
  expect(await readHistory(raw)).toEqual(before);
  for await (const record of readJournal(runDir)) expect(record.kind).not.toBe("replay");
});
