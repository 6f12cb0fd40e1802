import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { audit, checkRun, migrate, readJournal, TOOL_VERSION, UsageError } from "../../../migrate/index.js";
import type { VersionRecord } from "../../../migrate/journal/observation.js";
import type { Intercept } from "../../../sandbox/index.js";
import { collect, inParallel } from "../../buckets/async-items.js";
import { pathOf, sendOk } from "../../buckets/raw-s3.js";
import {
  readHistory,
  setVersioning,
  VERSIONED_BUCKET,
  versionedWorld,
  wordsOf,
  writeHistory,
} from "../fixtures/versioned-world.js";

async function versionRecords(runDir: string): Promise<VersionRecord[]> {
  const records: VersionRecord[] = [];
  for await (const record of readJournal(runDir)) if (record.kind === "version") records.push(record);
  return records;
}

async function mixedWorld() {
  const world = await versionedWorld();
  await writeHistory(world.raw, "a", [{ plain: "1" }, { sealed: "22" }, { plain: "333" }, { sealed: "4444" }]);
  await writeHistory(world.raw, "deleted", [{ plain: "55555" }, "deleted"]);
  await writeHistory(world.raw, "plain alone", [{ plain: "666666" }]);
  await writeHistory(world.raw, "sealed alone", [{ sealed: "7" }]);
  return world;
}

test("audit counts noncurrent plaintext versions, even beneath a delete marker, in the verdict", async () => {
  const { raw, optionsFor } = await mixedWorld();
  const before = await readHistory(raw);
  const { summary, verdict, runDir } = await audit(
    await optionsFor(VERSIONED_BUCKET, { formats: ["html", "csv", "md"] }),
  );
  expect(summary.total).toMatchObject({ listed: 3, closes: true });
  expect(summary.total.noncurrent).toMatchObject({
    listed: 4,
    deleteMarkers: 1,
    closes: true,
    outcomes: { plaintext: { objects: 3, bytes: 1 + 3 + 5 }, encrypted: { objects: 1, bytes: 2 } },
    plaintextBecause: { "audit-only": { objects: 3, bytes: 9 } },
  });
  expect(verdict.kind).toBe("unencrypted-remain");
  expect(verdict.headline).toBe("1 of 3 objects is unencrypted, and so are 3 noncurrent versions");
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  const csv = (await readFile(join(runDir, "report.csv"), "utf8")).trim().split("\r\n");
  expect(csv.filter((row) => row.endsWith(",false"))).toHaveLength(4);
  const [oldest] = (before.get("a") ?? []).slice(-1);
  expect(csv.find((row) => row.includes(oldest?.versionId ?? "?"))).toMatch(/plaintext,audit-only.*false$/);
  const html = await readFile(join(runDir, "report.html"), "utf8");
  expect(html).toContain("Noncurrent versions");
  expect(html).toContain(oldest?.versionId);
  expect(await readFile(join(runDir, "report.md"), "utf8")).toContain("## Noncurrent versions");
  expect(await readHistory(raw)).toEqual(before);
});

test("migrate counts what its copies leave behind, removes nothing, and is not sealed", async () => {
  const { raw, optionsFor } = await mixedWorld();
  const before = await readHistory(raw);
  const { summary, verdict } = await migrate(await optionsFor(VERSIONED_BUCKET));
  expect(summary.total.statesNow.none.objects).toBe(0);
  expect(summary.total.noncurrent?.outcomes.plaintext).toEqual({ objects: 4, bytes: 15 });
  expect(verdict.headline).toBe("4 noncurrent versions are unencrypted, and no object is");
  for (const [key, entries] of before) {
    expect((await readHistory(raw)).get(key)).toEqual(expect.arrayContaining(entries));
  }
});

test("encrypted noncurrent versions cause no finding; --no-noncurrent lists none, and the report says so", {
  tags: ["slow"],
}, async () => {
  const world = await versionedWorld();
  await writeHistory(world.raw, "a", [{ sealed: "1" }, "deleted", { sealed: "2" }]);
  const { verdict, summary } = await audit(await world.optionsFor(VERSIONED_BUCKET));
  expect([verdict.kind, summary.total.noncurrent?.listed]).toEqual(["no-default", 1]);
  world.sandbox.resetCalls();
  const left = await audit(await world.optionsFor(VERSIONED_BUCKET, { noncurrent: false, formats: ["md"] }));
  expect(left.summary.total.noncurrent).toBeUndefined();
  expect(world.sandbox.calls.ListObjectVersions).toBeUndefined();
  expect(await readFile(join(left.runDir, "report.md"), "utf8")).toContain("only current objects were examined");
});

test("noncurrent versions are counted if versioning is suspended", async () => {
  const world = await versionedWorld();
  await writeHistory(world.raw, "a", [{ plain: "1" }, { sealed: "2" }]);
  await setVersioning(world.raw, VERSIONED_BUCKET, "Suspended");
  const { summary } = await audit(await world.optionsFor(VERSIONED_BUCKET));
  expect(summary.total.noncurrent?.outcomes.plaintext.objects).toBe(1);
});

test.each(["as-sent", "nanoseconds"] as const)(
  "a locked version notes the date before which it cannot comply (%s)",
  async (lockDates) => {
    const { raw, optionsFor } = await versionedWorld(
      { behaviour: { lockDates } },
      { "x-amz-bucket-object-lock-enabled": "true" },
    );
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const lock = { "x-amz-object-lock-mode": "COMPLIANCE", "x-amz-object-lock-retain-until-date": until };
    await writeHistory(raw, "a", [
      { plain: "1", headers: lock },
      { plain: "2", headers: { "x-amz-object-lock-legal-hold": "ON" } },
      { sealed: "3" },
    ]);
    const { summary, runDir } = await migrate(await optionsFor(VERSIONED_BUCKET, { versions: "purge", yes: true }));
    expect(summary.total.noncurrent?.plaintextBecause).toEqual({ locked: { objects: 2, bytes: 2 } });
    const notes = (await versionRecords(runDir)).flatMap((record) => record.notes);
    expect(notes.sort()).toEqual([
      `cannot comply before ${until} (retention COMPLIANCE)`,
      "cannot comply before its legal hold is lifted, which has no date",
    ]);
    expect((await readHistory(raw)).get("a")).toHaveLength(3);
  },
);

test("objects are still reported if versions cannot be listed, and the report says so", async () => {
  const users = [{ accessKeyId: "AUDITOR", secretAccessKey: "secret-of-auditor", deny: ["s3:ListBucketVersions"] }];
  const { sandbox, raw, optionsFor } = await versionedWorld({
    credentials: [{ accessKeyId: "OWNER", secretAccessKey: "secret-of-owner" }, ...users],
  });
  await writeHistory(raw, "a", [{ plain: "1" }, { sealed: "2" }]);
  const { accessKeyId, secretAccessKey } = users[0] as (typeof users)[0];
  expect(sandbox.credentials.accessKeyId).toBe("OWNER");
  const result = await audit(
    await optionsFor(VERSIONED_BUCKET, { credentials: { accessKeyId, secretAccessKey }, formats: ["md"] }),
  );
  expect(result.summary.total).toMatchObject({ listed: 1, closes: true, noncurrent: { listed: 0, closes: false } });
  expect(await readFile(join(result.runDir, "report.md"), "utf8")).toContain("not all of which could be examined");
});

test("an audit interrupted among noncurrent versions is completed without duplicates", { tags: ["slow"] }, async () => {
  const { raw, optionsFor, sandbox } = await versionedWorld();
  const versions = Array.from({ length: 30 }, (_, n) => ({ plain: String(n) }));
  for (const key of ["a", "b", "c"]) await writeHistory(raw, key, versions);
  const options = await optionsFor(VERSIONED_BUCKET, { concurrency: 4 });
  const interruption = new AbortController();
  let seen = 0;
  const first = await audit({
    ...options,
    signal: interruption.signal,
    onEvent: ({ kind }) => {
      if (kind === "version") seen += 1;
      if (seen === 40) interruption.abort();
    },
  });
  expect(first.summary.total.noncurrent?.closes).toBe(false);
  expect(first.verdict.kind).toBe("incomplete");
  sandbox.resetCalls();
  const second = await audit({
    out: options.out,
    credentials: options.credentials,
    endpoint: options.endpoint,
    resume: true,
  });
  expect(second.summary.total.noncurrent).toMatchObject({ listed: 87, closes: true });
  expect(sandbox.calls.HeadObject).toBeLessThan(87 - 40 + 4);
  const ids = (await versionRecords(second.runDir)).map(({ before }) => before.versionId);
  expect(new Set(ids).size).toBe(87);
  expect(ids).toHaveLength(87);
});

test("an audit reads the versions of a large bucket as ranges, in which few objects have any", {
  tags: "slow",
}, async () => {
  const { raw, optionsFor } = await versionedWorld({
    // Its pages take three seconds: until a range is looked at and places to cut it are found, less than half has passed.
    behaviour: { pageEntries: 60 },
    intercept: async ({ operation }) => {
      if (operation === "ListObjectVersions") await wait(60);
      return undefined;
    },
  });
  const keys = Array.from({ length: 3000 }, (_, n) => `objects/${String(n).padStart(5, "0")}`);
  await inParallel(keys, (key) =>
    writeHistory(raw, key, key.endsWith("60") ? [{ plain: "1" }, { sealed: "22" }] : [{ sealed: "2" }]),
  );
  const { summary, runDir } = await audit(await optionsFor(VERSIONED_BUCKET));
  expect(summary.total).toMatchObject({ listed: 3000, closes: true });
  expect(summary.total.noncurrent).toMatchObject({
    listed: 30,
    closes: true,
    outcomes: { plaintext: { objects: 30 } },
  });
  expect(new Set((await versionRecords(runDir)).map(({ key }) => key)).size).toBe(30);
  const afters = new Set<string | undefined>();
  for await (const record of readJournal(runDir)) if (record.kind === "version-checkpoint") afters.add(record.after);
  expect(afters.size).toBeGreaterThan(1);
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
});

const PURGE = { versions: "purge", yes: true } as const;

test("purge removes noncurrent plaintext once the current version is encrypted, and nothing else", async () => {
  const { raw, optionsFor } = await versionedWorld();
  await writeHistory(raw, "a", [{ plain: "1" }, { sealed: "2" }, "deleted", { plain: "3" }, { plain: "4" }]);
  await writeHistory(raw, "deleted", [{ sealed: "5" }, { plain: "6" }, "deleted"]);
  const { summary, verdict, runDir } = await migrate(await optionsFor(VERSIONED_BUCKET, PURGE));
  expect(await wordsOf(raw, "a")).toEqual(["sealed 4", "deleted", "sealed 2"]);
  expect(await wordsOf(raw, "deleted")).toEqual(["deleted", "sealed 5"]);
  expect(summary.total.noncurrent).toMatchObject({ listed: 6, closes: true, outcomes: { removed: { objects: 4 } } });
  expect(verdict.kind).toBe("no-default");
  const records = await collect(readJournal(runDir));
  const removed = records.filter((record) => record.kind === "version" && record.outcome.kind === "removed");
  // The look and the removal, which an operator of the store can find in its log.
  expect(removed.map((record) => record.kind === "version" && record.requestIds?.length)).toEqual([2, 2, 2, 2]);
});

test("purge removes nothing of a key if its current version could not be encrypted", async () => {
  const { raw, optionsFor } = await versionedWorld({
    intercept: ({ operation, key }) =>
      key === "a" && /^(CopyObject|PutObject|CreateMultipartUpload)$/.test(operation) && armed
        ? { kind: "error", status: 403, code: "AccessDenied" }
        : undefined,
  });
  let armed = false;
  await writeHistory(raw, "a", [{ plain: "1" }, { plain: "2" }]);
  armed = true;
  const { summary } = await migrate(await optionsFor(VERSIONED_BUCKET, PURGE));
  expect(await wordsOf(raw, "a")).toEqual(["plain 2", "plain 1"]);
  expect(summary.total.noncurrent?.plaintextBecause).toEqual({ "newest-not-encrypted": { objects: 1, bytes: 1 } });
});

describe("version that becomes current right before its purge", () => {
  /** Deletes the newest version of the key for good, at the nth HEAD of the current one. */
  async function racedAt(nth: number) {
    let heads = 0;
    let race: (() => Promise<void>) | undefined;
    const intercept: Intercept = async ({ operation, key }) => {
      if (race === undefined || operation !== "HeadObject" || key !== "a") return undefined;
      heads += 1;
      if (heads === nth) await race();
      return undefined;
    };
    const world = await versionedWorld({ intercept });
    await writeHistory(world.raw, "a", [{ plain: "restored" }, { sealed: "mistaken" }]);
    const [newest] = (await readHistory(world.raw)).get("a") ?? [];
    race = async () => {
      race = undefined;
      await sendOk(world.raw, {
        method: "DELETE",
        path: pathOf(VERSIONED_BUCKET, "a", `?versionId=${newest?.versionId}`),
      });
    };
    return { ...world, wasRaced: () => race === undefined };
  }

  // HEAD of the object, of its noncurrent version, then of the current one before and after the line in the journal, with that of the body that is compared in between.
  test.each([3, 4, 5, 6])("is kept if that happens at HEAD request %i", async (nth) => {
    const { raw, optionsFor, wasRaced } = await racedAt(nth);
    const { summary } = await migrate(await optionsFor(VERSIONED_BUCKET, PURGE));
    expect(wasRaced()).toBe(true);
    expect(await wordsOf(raw, "a")).toEqual(["plain restored"]);
    expect(summary.total.noncurrent?.plaintextBecause).toEqual({ "became-current": { objects: 1, bytes: 8 } });
  });

  test("would be deleted by its ID without that check", async () => {
    const { raw } = await versionedWorld();
    await writeHistory(raw, "a", [{ plain: "restored" }]);
    const [only] = (await readHistory(raw)).get("a") ?? [];
    await sendOk(raw, { method: "DELETE", path: pathOf(VERSIONED_BUCKET, "a", `?versionId=${only?.versionId}`) });
    expect(await wordsOf(raw, "a")).toEqual([]);
  });
});

test("purge removes a noncurrent null version only if versioning is enabled", { tags: ["slow"] }, async () => {
  const { raw, optionsFor } = await versionedWorld();
  await setVersioning(raw, VERSIONED_BUCKET, "Suspended");
  await writeHistory(raw, "null on top", [{ plain: "1" }]);
  await writeHistory(raw, "null beneath", [{ plain: "2" }]);
  await setVersioning(raw, VERSIONED_BUCKET, "Enabled");
  await writeHistory(raw, "null beneath", [{ sealed: "3" }]);
  await writeHistory(raw, "named beneath", [{ plain: "4" }]);
  await setVersioning(raw, VERSIONED_BUCKET, "Suspended");
  await writeHistory(raw, "named beneath", [{ sealed: "5" }]);
  const suspended = await migrate(await optionsFor(VERSIONED_BUCKET, PURGE));
  expect(await wordsOf(raw, "null on top")).toEqual(["sealed 1"]);
  expect(await wordsOf(raw, "null beneath")).toEqual(["sealed 3", "plain 2"]);
  expect(await wordsOf(raw, "named beneath")).toEqual(["sealed 5"]);
  expect(suspended.summary.total.noncurrent?.plaintextBecause).toEqual({
    "null-while-suspended": { objects: 1, bytes: 1 },
  });
  await setVersioning(raw, VERSIONED_BUCKET, "Enabled");
  await migrate(await optionsFor(VERSIONED_BUCKET, PURGE));
  expect(await wordsOf(raw, "null beneath")).toEqual(["sealed 3"]);
});

test("purge stops after the first removal that takes bytes of the current object", async () => {
  const { raw, optionsFor } = await versionedWorld({ behaviour: { removalTakesCurrentBody: true } });
  const keys = ["a", "b", "c", "d", "e"];
  for (const key of keys) await writeHistory(raw, key, [{ plain: "old" }, { sealed: `current ${key}` }]);
  const { summary, verdict } = await migrate(await optionsFor(VERSIONED_BUCKET, PURGE));
  const words = await Promise.all(keys.map(async (key) => (await wordsOf(raw, key)).join(", ")));
  expect(words.filter((word) => /^sealed current ., plain old$/.test(word))).toHaveLength(4);
  expect(summary.total.noncurrent).toMatchObject({ closes: true, outcomes: { failed: { objects: 1 } } });
  expect(summary.total.noncurrent?.plaintextBecause).toMatchObject({ "removals-stopped": { objects: 4 } });
  expect(verdict.kind).not.toBe("sealed");
});

test("purge reads few bodies to check that removals leave the current objects intact", { tags: ["slow"] }, async () => {
  const { raw, optionsFor, sandbox } = await versionedWorld();
  for (let index = 0; index < 60; index += 1) {
    await writeHistory(raw, `k${index}`, [{ plain: "old" }, { sealed: "current" }]);
  }
  sandbox.resetCalls();
  const { summary } = await migrate(await optionsFor(VERSIONED_BUCKET, PURGE));
  expect(summary.total.noncurrent).toMatchObject({ outcomes: { removed: { objects: 60 } } });
  // The first and one of the 59 others, each before and after.
  expect(sandbox.calls.GetObject).toBe(4);
});

test("a dry run reports what purge would remove, and removes nothing", async () => {
  const { raw, optionsFor } = await versionedWorld();
  await writeHistory(raw, "a", [{ plain: "1" }, { sealed: "2" }]);
  const { summary } = await migrate(await optionsFor(VERSIONED_BUCKET, { versions: "purge", dryRun: true }));
  expect(summary.total.noncurrent?.plaintextBecause).toEqual({ "dry-run": { objects: 1, bytes: 1 } });
  expect(await wordsOf(raw, "a")).toEqual(["sealed 2", "plain 1"]);
});

test("a removal without a journal line from a killed session is journaled once by the resume", {
  tags: ["slow"],
}, async () => {
  const { raw, optionsFor } = await versionedWorld();
  await writeHistory(raw, "a", [{ plain: "1" }, { plain: "2" }, { sealed: "3" }]);
  const options = await optionsFor(VERSIONED_BUCKET, PURGE);
  const { runDir } = await migrate(options);
  const path = join(runDir, "journal", "000001.ndjson");
  const lines = (await readFile(path, "utf8")).trim().split("\n");
  const firstRecord = lines.findIndex((line) => line.startsWith('{"kind":"version"'));
  expect(lines.slice(0, firstRecord).filter((line) => line.startsWith('{"kind":"removal"')).length).toBeGreaterThan(0);
  await writeFile(path, `${lines.slice(0, firstRecord).join("\n")}\n{"kind":"vers`);
  await rm(join(runDir, "manifest.json"));
  const again = { out: runDir, credentials: options.credentials, endpoint: options.endpoint, resume: true, yes: true };
  const { summary } = await migrate(again);
  const removals = lines.slice(0, firstRecord).filter((line) => line.startsWith('{"kind":"removal"')).length;
  expect(summary.total.noncurrent).toMatchObject({
    listed: removals,
    closes: true,
    outcomes: { removed: { objects: removals } },
  });
  expect((await migrate(again)).summary).toEqual(summary);
});

describe("--versions without --yes", () => {
  test("asks for confirmation with the counted versions before anything is written", async () => {
    const { raw, sandbox, optionsFor } = await versionedWorld();
    await writeHistory(raw, "a", [{ plain: "1" }, { plain: "22" }, { sealed: "3" }]);
    await writeHistory(raw, "deleted", [{ plain: "333" }, "deleted"]);
    await writeHistory(raw, "b", [{ plain: "4" }]);
    const before = await readHistory(raw);
    sandbox.resetCalls();
    const asked: unknown[] = [];
    const confirm = async (found: unknown) => {
      asked.push(found);
      return false;
    };
    const refused = migrate(await optionsFor(VERSIONED_BUCKET, { versions: "purge", confirm }));
    await expect(refused).rejects.toThrow(
      new UsageError(["not confirmed: nothing was copied, and nothing was removed"]),
    );
    await expect(migrate(await optionsFor(VERSIONED_BUCKET, { versions: "replay", confirm }))).rejects.toThrow(
      UsageError,
    );
    expect(asked).toEqual([
      { treatment: "purge", versions: 3, bytes: 6, keys: 2 },
      { treatment: "replay", versions: 2, bytes: 3, keys: 1 },
    ]);
    expect(Object.keys(sandbox.calls).filter((name) => !/^(Get|Head|List)/.test(name))).toEqual([]);
    expect(await readHistory(raw)).toEqual(before);
    await migrate(await optionsFor(VERSIONED_BUCKET, { versions: "purge", confirm: async () => true }));
    expect(await wordsOf(raw, "a")).toEqual(["sealed 3"]);
  });

  test("is refused if nobody can be asked, as are contradictory options", async () => {
    const { optionsFor } = await versionedWorld();
    const run = async (more: object) => migrate(await optionsFor(VERSIONED_BUCKET, more));
    await expect(run({ versions: "purge" })).rejects.toThrow(
      /--versions purge permanently removes versions: give --yes/,
    );
    await expect(run({ versions: "replay", yes: true, noncurrent: false })).rejects.toThrow(/--no-noncurrent/);
    await expect(run({ versions: "all" })).rejects.toThrow(/"all" is not allowed: give one of current, replay, purge/);
  });
});
