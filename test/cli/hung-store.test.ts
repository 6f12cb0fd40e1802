import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { createBucket, openRehearsal, plain, plaintextOf, type Rehearsal, sealed } from "./rehearsal.js";
import { csvKeys, summaryOf } from "./run-cli.js";

const OBJECTS = 60;
/** Less than the minute that the run would wait for an answer. */
const ENDS_WITHIN_MS = 55_000;

/** A store that says nothing to a kind of call once it has answered a number of them, until it is let go. */
async function openHung(bucket: string, hangs: string, after: number, objects = plain(OBJECTS)) {
  let let_go = () => {};
  const released = new Promise<undefined>((resolve) => (let_go = () => resolve(undefined)));
  let asked = 0;
  let isHung = true;
  const rehearsal = await openRehearsal({
    intercept: ({ operation, bucket: of, key }) => {
      if (!isHung || operation !== hangs || of !== bucket || key.includes(".bucketseal-")) return undefined;
      asked += 1;
      return asked > after ? released : undefined;
    },
  });
  onTestFinished(async () => {
    let_go();
    await rehearsal.close();
  });
  await createBucket(rehearsal.client, bucket, objects);
  const release = () => {
    isHung = false;
    let_go();
  };
  return { rehearsal, release, isHanging: (calls: number) => asked >= after + calls };
}

/** The outcomes that a run has written down. */
function outcomesIn(out: string): number {
  const path = join(out, "journal", "000001.ndjson");
  return existsSync(path) ? readFileSync(path, "utf8").split('\n{"kind":"outcome"').length - 1 : 0;
}

async function stop({ start }: Rehearsal, args: readonly string[], isHanging: () => boolean, signal: NodeJS.Signals) {
  const running = start(...args);
  while (!isHanging()) await sleep(20);
  const since = performance.now();
  running.kill(signal);
  const ran = await running.ended;
  return { ...ran, ms: performance.now() - since };
}

describe("a run on a store that stops responding", () => {
  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "stops at once on %s if HEAD hangs, reports the objects seen, and completes with --resume",
    { tags: "slow" },
    async (signal) => {
      const { rehearsal, release, isHanging } = await openHung("mute", "HeadObject", 20, sealed(OBJECTS));
      const { place, folder, cli } = rehearsal;
      const out = join(folder, "run");
      const stopped = await stop(
        rehearsal,
        ["audit", "s3://mute", ...place, "--concurrency", "8", "--out", out],
        () => isHanging(8) && outcomesIn(out) === 20,
        signal,
      );
      expect(stopped).toMatchObject({
        code: 130,
        stdout: expect.stringContaining("Interrupted: 20 objects seen, 0 of them"),
      });
      expect(stopped.ms).toBeLessThan(ENDS_WITHIN_MS);
      expect((await summaryOf(out)).total).toMatchObject({
        outcomes: { "already-encrypted": { objects: 20 }, failed: { objects: 0 } },
      });
      expect(await cli("verify", out)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^stopped: /) });
      release();
      expect(await cli("audit", "--resume", "--out", out, ...place, "--quiet")).toMatchObject({ code: 0 });
      expect((await summaryOf(out)).total).toMatchObject({ listed: OBJECTS, closes: true });
      expect(new Set(await csvKeys(out)).size).toBe(OBJECTS);
      expect((await csvKeys(out)).length).toBe(OBJECTS);
    },
  );

  test("stops at once on SIGHUP if copies hang, and counts their late completion with --resume", {
    tags: ["slow"],
  }, async () => {
    const { rehearsal, release, isHanging } = await openHung("mute", "CopyObject", 20);
    const { place, folder, cli, client } = rehearsal;
    const out = join(folder, "run");
    const flags = ["--assume", "documented", "--race", "off", "--concurrency", "8", "--no-canary", "--set-default"];
    const stopped = await stop(
      rehearsal,
      ["migrate", "s3://mute", ...place, ...flags, "--out", out],
      () => isHanging(8) && outcomesIn(out) === 20,
      "SIGHUP",
    );
    expect(stopped).toMatchObject({ code: 130, stdout: expect.stringContaining("Interrupted: 20 objects seen") });
    expect(stopped.ms).toBeLessThan(ENDS_WITHIN_MS);
    expect(await plaintextOf(client, "mute")).toHaveLength(OBJECTS - 20);
    release();
    // Eight were in flight, which the store does by itself.
    await expect.poll(() => plaintextOf(client, "mute")).toHaveLength(OBJECTS - 28);
    const resumed = await cli("migrate", "--resume", "--out", out, ...place);
    expect(resumed).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Sealed: 0 of ${OBJECTS} objects remain`),
    });
    expect(await plaintextOf(client, "mute")).toEqual([]);
    expect((await summaryOf(out)).total).toMatchObject({ outcomes: { migrated: { objects: OBJECTS } }, closes: true });
    expect((await csvKeys(out)).sort()).toEqual([...plain(OBJECTS)].map(({ Key }) => Key));
  });

  test("stops at once on SIGINT if UploadPartCopy hangs, and aborts its uploads", { tags: "slow" }, async () => {
    const { rehearsal, isHanging } = await openHung("mute", "UploadPartCopy", 3);
    const { place, folder, client } = rehearsal;
    const flags = [
      "--assume",
      "documented",
      "--no-canary",
      "--copy-cutoff",
      "1",
      "--rewrite-below",
      "0",
      "--concurrency",
      "4",
    ];
    const out = join(folder, "run");
    const stopped = await stop(
      rehearsal,
      ["migrate", "s3://mute", ...place, ...flags, "--out", out],
      () => isHanging(4),
      "SIGINT",
    );
    expect(stopped.code).toBe(130);
    expect(stopped.ms).toBeLessThan(ENDS_WITHIN_MS);
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: "mute" }));
    expect(Uploads).toEqual([]);
  });
});
