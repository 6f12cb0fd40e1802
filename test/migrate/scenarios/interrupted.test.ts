import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type AuditOptions,
  audit,
  type MigrateOptions,
  migrate,
  type RunResult,
  readJournal,
  UsageError,
} from "../../../migrate/index.js";
import { CUSTOMER_KEY, mixedObjects } from "../../buckets/mixed-objects.js";
import { pathOf, sendOk } from "../../buckets/raw-s3.js";
import { readBucket } from "../../buckets/read-bucket.js";
import { fillBucket, startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const OBJECTS = 80;

async function filled() {
  const world = await startWorld();
  await fillBucket(
    world.raw,
    "bucket",
    [...mixedObjects(OBJECTS + 3)].filter(({ key }) => !key.startsWith("large/")),
  );
  return world;
}

/** Runs until so many outcomes are there. */
function interruptAfter(outcomes: number, options: MigrateOptions): Promise<RunResult> {
  const interruption = new AbortController();
  let seen = 0;
  return migrate({
    ...options,
    signal: interruption.signal,
    onEvent: ({ kind }) => {
      if (kind === "outcome") seen += 1;
      if (seen === outcomes) interruption.abort();
    },
  });
}

/** Takes from the run folder what a killed run does not come to write, and tears the last line of its journal. */
async function asIfKilled(runDir: string): Promise<void> {
  const path = join(runDir, "journal", "000001.ndjson");
  const lines = (await readFile(path, "utf8")).split("\n").slice(0, -1);
  const outcomes = lines.filter((line) => !line.startsWith('{"kind":"checkpoint"'));
  expect(outcomes.length).toBeLessThan(lines.length);
  await writeFile(path, `${outcomes.join("\n")}\n{"kind":"outcome","bucket":"buck`);
  await rm(join(runDir, "manifest.json"));
}

const lastSession = ({ run }: RunResult) => run.sessions.at(-1);
const resumed = ({ out, credentials, endpoint }: MigrateOptions): AuditOptions => ({
  ...{ out, credentials, endpoint },
  resume: true,
});

describe("interrupted run", () => {
  test("reports how many objects were seen, and at least how many are left", { tags: "slow" }, async () => {
    const world = await filled();
    const listed = (await readBucket(world.raw, "bucket")).size;
    const excluded = "deep/*";
    const options = await world.optionsFor("bucket", { concurrency: 4, formats: ["md"], exclude: [excluded] });
    const { summary, verdict, runDir } = await interruptAfter(30, options);
    const { total } = summary;
    const seen = Object.values(total.outcomes).reduce((sum, { objects }) => sum + objects, 0);
    const whole = await audit(await world.optionsFor("bucket", { exclude: [excluded] }));
    expect(whole.summary.total.listed).toBeLessThanOrEqual(listed);
    // One page of the listing shows the whole bucket.
    expect(seen + (total.knownLeft ?? 0)).toBe(whole.summary.total.listed);
    expect(verdict.headline).toBe(
      `Interrupted: ${seen} objects seen, ${total.statesNow.none.objects} of them unencrypted; at least ${total.knownLeft} more are left`,
    );
    expect(await readFile(join(runDir, "report.md"), "utf8")).toContain(`at least ${total.knownLeft} more`);
    const written = JSON.parse(await readFile(join(runDir, "summary.json"), "utf8")) as RunResult["summary"];
    expect(written.total.knownLeft).toBe(total.knownLeft);
    const ended = await migrate(resumed(options));
    expect(ended.summary.total.knownLeft).toBeUndefined();
    expect(ended.summary.total.listed).toBe(whole.summary.total.listed);
  });

  test("stops soon, reports that it is incomplete, and is completed by a resume without duplicates", {
    tags: ["slow"],
  }, async () => {
    const { raw, optionsFor } = await filled();
    const options = await optionsFor("bucket", { concurrency: 8 });
    const first = await interruptAfter(50, options);
    expect(lastSession(first)).toMatchObject({ end: "interrupted" });
    expect(first.summary.total.closes).toBe(false);
    const done = (await outcomesOf(first.runDir)).size;
    expect(done).toBeGreaterThanOrEqual(50);
    expect(done).toBeLessThan(50 + 8 * 2);

    const second = await migrate(resumed(options));
    expect(lastSession(second)).toMatchObject({ end: "complete" });
    expect(second.summary.total).toMatchObject({ listed: OBJECTS, closes: true });
    expect((await outcomesOf(second.runDir)).size).toBe(OBJECTS);
    const after = [...(await readBucket(raw, "bucket", CUSTOMER_KEY)).values()];
    expect(after.filter(({ encryption, status }) => encryption === null && status === 200)).toEqual([]);
  });

  test("is not resumed if its journal was edited since, and nothing is written", { tags: ["slow"] }, async () => {
    const { raw, optionsFor } = await filled();
    const options = await optionsFor("bucket", { concurrency: 8 });
    const { runDir } = await interruptAfter(50, options);
    const path = join(runDir, "journal", "000001.ndjson");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace('"attempts":1', '"attempts":2'));
    const [run, bucket] = [
      await readFile(join(runDir, "run.json"), "utf8"),
      await readBucket(raw, "bucket", CUSTOMER_KEY),
    ];
    await expect(migrate(resumed(options))).rejects.toThrow(
      /was changed since it was written, and continuing would hide that: manifest\.json: it was not made from this journal/,
    );
    expect(await readFile(join(runDir, "run.json"), "utf8")).toBe(run);
    expect(await readBucket(raw, "bucket", CUSTOMER_KEY)).toEqual(bucket);
    await writeFile(path, text);
    expect(lastSession(await migrate(resumed(options)))).toMatchObject({ end: "complete" });
  });

  test("is completed over many interruptions while objects are deleted and overwritten", { tags: "slow" }, async () => {
    const { raw, optionsFor } = await filled();
    const options = await optionsFor("bucket", { concurrency: 8 });
    let result = await interruptAfter(10, options);
    for (let round = 0; round < 4; round += 1) {
      const [key = ""] = [...(await outcomesOf(result.runDir)).keys()].slice(-1);
      await sendOk(raw, { method: "DELETE", path: pathOf("bucket", key) });
      result = await interruptAfter(10, { ...resumed(options), concurrency: 8 });
      expect(lastSession(result)).toMatchObject({ end: "interrupted" });
    }
    result = await migrate(resumed(options));
    expect(result.summary.total).toMatchObject({ listed: OBJECTS, closes: true });
    expect(result.run.sessions).toHaveLength(6);
    expect((await outcomesOf(result.runDir)).size).toBe(OBJECTS);
  });

  test("does not count its own copies as filtered out if a filter uses dates", { tags: ["slow"] }, async () => {
    const { optionsFor } = await filled();
    const options = await optionsFor("bucket", { concurrency: 8, modifiedBefore: new Date(Date.now() + 1000) });
    await asIfKilled((await interruptAfter(50, options)).runDir);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { summary } = await migrate(resumed(options));
    expect(summary.total).toMatchObject({ listed: OBJECTS, filteredOut: 0, closes: true });
  });

  test("resumes from the last whole line if it was killed in the middle of a line", { tags: ["slow"] }, async () => {
    const { raw, optionsFor } = await filled();
    const options = await optionsFor("bucket", { concurrency: 8 });
    const { runDir } = await interruptAfter(30, options);
    const [deleted = ""] = (await outcomesOf(runDir)).keys();
    await asIfKilled(runDir);
    await sendOk(raw, { method: "DELETE", path: pathOf("bucket", deleted) });
    const { summary } = await migrate(resumed(options));
    expect(summary.total).toMatchObject({ listed: OBJECTS, closes: true });
    expect((await outcomesOf(runDir)).size).toBe(OBJECTS);
  });

  test("does nothing if it is aborted before it starts, and is completed by a resume", { tags: ["slow"] }, async () => {
    const { sandbox, optionsFor } = await filled();
    const options = await optionsFor("bucket");
    sandbox.resetCalls();
    const first = await migrate({ ...options, signal: AbortSignal.abort() });
    expect(lastSession(first)).toMatchObject({ end: "interrupted" });
    expect(sandbox.calls.CopyObject).toBeUndefined();
    expect((await migrate(resumed(options))).summary.total).toMatchObject({ listed: OBJECTS, closes: true });
  });
});

async function contentsOf(runDir: string): Promise<(readonly [string, string])[]> {
  const names = (await readdir(runDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = names.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Promise.all(paths.map(async (path) => [path, await readFile(path, "latin1")] as const));
}

describe("migrate --resume", () => {
  test("does nothing if the run was complete", { tags: ["slow"] }, async () => {
    const { sandbox, optionsFor } = await filled();
    const options = await optionsFor("bucket");
    const first = await migrate(options);
    const complete = await contentsOf(first.runDir);
    sandbox.resetCalls();
    const second = await migrate(resumed(options));
    expect(second.summary).toEqual(first.summary);
    expect(sandbox.calls).toEqual({});
    expect(second.wasComplete).toBe(true);
    expect(await contentsOf(first.runDir)).toEqual(complete);
  });

  test("is refused with other options or another command", { tags: ["slow"] }, async () => {
    const { optionsFor } = await filled();
    const options = await optionsFor("bucket");
    await interruptAfter(20, options);
    const other = migrate({ ...resumed(options), include: ["x/**"] } as MigrateOptions);
    await expect(other).rejects.toThrow(/keeps its options, and include was not given/);
    await expect(migrate({ ...resumed(options), locations: ["s3://other"] } as MigrateOptions)).rejects.toThrow(
      UsageError,
    );
    await expect(audit(resumed(options))).rejects.toThrow(/contains a run of "migrate"/);
    expect((await migrate({ ...options, resume: true })).summary.total.closes).toBe(true);
  });

  test("is refused without a run in the folder, or without a folder", async () => {
    const { optionsFor } = await filled();
    const options = await optionsFor("bucket");
    await expect(migrate(resumed(options))).rejects.toThrow(/contains no readable run/);
    await expect(migrate({ ...options, out: undefined, resume: true })).rejects.toThrow(/give it with --out/);
  });
});

test("a new run refuses a folder that is not empty, and changes nothing in it", async () => {
  const { optionsFor } = await filled();
  const options = await optionsFor("bucket");
  const { runDir } = await audit(options);
  const before = await readdir(runDir);
  await expect(migrate(options)).rejects.toThrow(/is not empty/);
  expect(await readdir(runDir)).toEqual(before);
});

test("a listing in UTF-16 order is resumed at its last position, each key once", { tags: ["slow"] }, async () => {
  const keys = ["a", "\u{1f98a}", "\u{1f98a}/b", "\uff5e", "\uff5e/c", "\uffef"];
  const { raw, optionsFor } = await startWorld({ behaviour: { listingOrder: "utf-16" } });
  await fillBucket(
    raw,
    "bucket",
    keys.map((key) => ({ key, body: Buffer.from(key) })),
  );
  const options = await optionsFor("bucket", { concurrency: 1 });
  // The first session ends at a key that UTF-8 puts behind some that are still to come.
  await interruptAfter(2, options);
  await interruptAfter(2, { ...resumed(options), out: options.out });
  const { summary, runDir } = await migrate(resumed(options));
  expect(summary.total).toMatchObject({ listed: keys.length, closes: true });
  expect(summary.total.outcomes.migrated.objects).toBe(keys.length);
  const outcomes: string[] = [];
  for await (const record of readJournal(runDir)) if (record.kind === "outcome") outcomes.push(record.key);
  expect(outcomes.toSorted()).toEqual(keys.toSorted());
});
