import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { audit, checkRun, migrate, readJournal, TOOL_VERSION } from "../../../migrate/index.js";
import type { VersionRecord } from "../../../migrate/journal/observation.js";
import { setVersioning } from "../probe/probe-world.js";
import { BUCKET, readHistory, versionedWorld, writeHistory } from "./versioned-world.js";

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
  const { summary, verdict, runDir } = await audit(await optionsFor(BUCKET, { formats: ["html", "csv", "md"] }));
  expect(summary.total).toMatchObject({ listed: 3, closes: true });
  expect(summary.total.noncurrent).toMatchObject({
    listed: 4,
    deleteMarkers: 1,
    closes: true,
    outcomes: { plaintext: { objects: 3, bytes: 1 + 3 + 5 }, encrypted: { objects: 1, bytes: 2 } },
    plaintextBecause: { "audit-only": { objects: 3, bytes: 9 } },
  });
  expect(verdict.kind).toBe("unencrypted-remain");
  expect(verdict.headline).toBe("1 of 3 objects is unencrypted, and so are 3 older versions");
  expect((await checkRun(runDir, { toolVersion: TOOL_VERSION })).findings).toEqual([]);
  const csv = (await readFile(join(runDir, "report.csv"), "utf8")).trim().split("\r\n");
  expect(csv.filter((row) => row.endsWith(",false"))).toHaveLength(4);
  const [oldest] = (before.get("a") ?? []).slice(-1);
  expect(csv.find((row) => row.includes(oldest?.versionId ?? "?"))).toMatch(/plaintext,audit-only.*false$/);
  const html = await readFile(join(runDir, "report.html"), "utf8");
  expect(html).toContain("Older versions");
  expect(html).toContain(oldest?.versionId);
  expect(await readFile(join(runDir, "report.md"), "utf8")).toContain("## Older versions");
  expect(await readHistory(raw)).toEqual(before);
});

test("migrate counts what its copies leave behind, removes nothing, and is not sealed", async () => {
  const { raw, optionsFor } = await mixedWorld();
  const before = await readHistory(raw);
  const { summary, verdict } = await migrate(await optionsFor(BUCKET));
  expect(summary.total.statesNow.none.objects).toBe(0);
  expect(summary.total.noncurrent?.outcomes.plaintext).toEqual({ objects: 4, bytes: 15 });
  expect(verdict.headline).toBe("4 older versions are unencrypted, and no object is");
  for (const [key, entries] of before) {
    expect((await readHistory(raw)).get(key)).toEqual(expect.arrayContaining(entries));
  }
});

test("encrypted noncurrent versions cause no finding; --no-noncurrent lists none, and the report says so", async () => {
  const world = await versionedWorld();
  await writeHistory(world.raw, "a", [{ sealed: "1" }, "deleted", { sealed: "2" }]);
  const { verdict, summary } = await audit(await world.optionsFor(BUCKET));
  expect([verdict.kind, summary.total.noncurrent?.listed]).toEqual(["no-default", 1]);
  world.sandbox.resetCalls();
  const left = await audit(await world.optionsFor(BUCKET, { noncurrent: false, formats: ["md"] }));
  expect(left.summary.total.noncurrent).toBeUndefined();
  expect(world.sandbox.calls.ListObjectVersions).toBeUndefined();
  expect(await readFile(join(left.runDir, "report.md"), "utf8")).toContain("only current ones were looked at");
});

test("noncurrent versions are counted if versioning is suspended", async () => {
  const world = await versionedWorld();
  await writeHistory(world.raw, "a", [{ plain: "1" }, { sealed: "2" }]);
  await setVersioning(world.raw, BUCKET, "Suspended");
  const { summary } = await audit(await world.optionsFor(BUCKET));
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
    const { summary, runDir } = await migrate(await optionsFor(BUCKET, { versions: "purge", yes: true }));
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
    await optionsFor(BUCKET, { credentials: { accessKeyId, secretAccessKey }, formats: ["md"] }),
  );
  expect(result.summary.total).toMatchObject({ listed: 1, closes: true, noncurrent: { listed: 0, closes: false } });
  expect(await readFile(join(result.runDir, "report.md"), "utf8")).toContain("could not all be looked at");
});

test("an audit interrupted among noncurrent versions is completed without duplicates", async () => {
  const { raw, optionsFor, sandbox } = await versionedWorld();
  const versions = Array.from({ length: 30 }, (_, n) => ({ plain: String(n) }));
  for (const key of ["a", "b", "c"]) await writeHistory(raw, key, versions);
  const options = await optionsFor(BUCKET, { concurrency: 4 });
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
