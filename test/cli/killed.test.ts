import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openUploads, rawS3 } from "../buckets/raw-s3.js";
import { LONG, SWEEP_TIMEOUT_MS, tellFigures } from "../length.js";
import { killedRun } from "./killed-run.js";
import { createBucket, listing, openRehearsal, plain } from "./rehearsal.js";
import type { Running } from "./run-cli.js";

const RUNS = LONG ? 100 : 5;
/** They mostly wait for a process to start. */
const AT_ONCE = 5;
const GROUPS = Array.from({ length: Math.ceil(RUNS / AT_ONCE) }, (_, group) =>
  Array.from({ length: Math.min(AT_ONCE, RUNS - group * AT_ONCE) }, (_, index) => group * AT_ONCE + index + 1),
);

test.each(GROUPS.map((seeds) => [seeds]))(
  "a migration killed at random moments resumes to one outcome per key and no open upload, seeds %j",
  { tags: "slow", timeout: SWEEP_TIMEOUT_MS },
  async (seeds) => {
    const killedAt = (await Promise.all(seeds.map(killedRun))).flat();
    expect(killedAt.length).toBeGreaterThan(0);
    tellFigures(`kill -9, seeds ${seeds.join(" ")}`, { runs: seeds.length, kills: killedAt.length });
  },
);

async function recordedUploads(runDir: string): Promise<number> {
  const folder = join(runDir, "journal");
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  return texts.join("").split('"kind":"upload"').length - 1;
}

async function abortsUploads(uploadListing: "empty" | "encoded-unsaid"): Promise<void> {
  let running: Running | undefined;
  let created = 0;
  let isEnding = false;
  const rehearsal = await openRehearsal({
    // It gets no answer before it is killed.
    intercept: async ({ operation, key }) => {
      if (running === undefined || !key.includes(".bucketseal-probe-")) return undefined;
      if (operation === "CreateMultipartUpload" && isEnding) return { kind: "reset" };
      if (operation === "CreateMultipartUpload") created += 1;
      // Its upload is open now, whatever became of the others.
      if (operation !== "UploadPartCopy") return undefined;
      isEnding = true;
      // Experiments run side by side. An upload whose ID is not recorded cannot be found again on such a store.
      await expect.poll(() => recordedUploads(join(rehearsal.folder, "run"))).toBe(created);
      running.kill("SIGKILL");
      await running.ended;
      return undefined;
    },
  });
  const { sandbox, client, place } = rehearsal;
  const raw = rawS3(sandbox);
  sandbox.changeBehaviour({ uploadListing });
  await createBucket(client, "killed", plain(3));
  running = rehearsal.start("migrate", "s3://killed", ...place, "--out", "run");
  expect((await running.ended).code).toBeNull();
  running = undefined;
  sandbox.changeBehaviour({ uploadListing: "all" });
  expect((await openUploads(raw, "killed")).length).toBeGreaterThan(0);
  sandbox.changeBehaviour({ uploadListing });
  const ran = await rehearsal.cli("migrate", "--resume", "--out", "run", ...place);
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/encrypted by this run +3 /) });
  sandbox.changeBehaviour({ uploadListing: "all" });
  expect(await openUploads(raw, "killed")).toEqual([]);
  expect((await listing(client, "killed")).map(({ key }) => key)).toEqual(["plain/0000", "plain/0001", "plain/0002"]);
  raw.close();
  await rehearsal.close();
}

test("--resume deletes the test objects that a killed run was deleting while it encrypted its first objects", {
  tags: ["slow"],
}, async () => {
  let running: Running | undefined;
  const rehearsal = await openRehearsal({
    intercept: async ({ operation, key, method }) => {
      const isOfTest = key.includes(".bucketseal-");
      if (running === undefined || method === "GET" || method === "HEAD") return undefined;
      if (!isOfTest) running.kill("SIGKILL");
      if (isOfTest && (operation !== "DeleteObject" || key.endsWith("1-first"))) return undefined;
      await running.ended;
      return { kind: "reset" };
    },
  });
  const { client, place } = rehearsal;
  const objects = ["plain/0000", "plain/0001", "plain/0002"];
  await createBucket(client, "killed", plain(3));
  running = rehearsal.start("migrate", "s3://killed", ...place, "--out", "run");
  expect((await running.ended).code).toBeNull();
  running = undefined;
  expect((await listing(client, "killed")).length).toBeGreaterThan(20);
  const ran = await rehearsal.cli("migrate", "--resume", "--out", "run", ...place);
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/encrypted by this run +3 /) });
  expect((await listing(client, "killed")).map(({ key }) => key)).toEqual(objects);
  await rehearsal.close();
});

const aborts = "--resume aborts the uploads of a killed probe if the store lists uploads as %s";
test.each(["empty", "encoded-unsaid"] as const)(aborts, { tags: ["slow"] }, abortsUploads);
