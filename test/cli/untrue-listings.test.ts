import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Behaviour, behaviourOf } from "../../sandbox/index.js";
import { createBucket, encryptionOf, openRehearsal, plain, plaintextOf, type Rehearsal } from "./rehearsal.js";
import { csvKeys, summaryOf } from "./run-cli.js";

let rehearsal: Rehearsal;
/** How long the store takes for one copy. */
let copyMs = 0;
beforeAll(async () => {
  rehearsal = await openRehearsal({
    intercept: ({ operation }) => (operation === "CopyObject" ? { kind: "delay", ms: copyMs } : undefined),
  });
});
afterEach(() => {
  copyMs = 0;
  rehearsal.sandbox.changeBehaviour(behaviourOf("ovh"));
});
afterAll(() => rehearsal.close());

/** A command on a bucket of the sandbox, which behaves so meanwhile. */
async function run(command: string, bucket: string, behaviour: Partial<Behaviour>, ...flags: readonly string[]) {
  const { sandbox, folder, place, cli } = rehearsal;
  const out = join(folder, `${bucket}-${command}`);
  sandbox.changeBehaviour(behaviour);
  const assumed = command === "migrate" ? ["--assume", "documented", "--no-canary"] : [];
  const ran = await cli(command, `s3://${bucket}`, ...place, ...assumed, "--out", out, ...flags);
  sandbox.changeBehaviour(behaviourOf("ovh"));
  return { ...ran, out };
}

describe("an invalid listed size", () => {
  beforeAll(() => createBucket(rehearsal.client, "sizes", plain(4)));

  test.each(["negative", "not-a-number", "missing"] as const)(
    "fails the objects with a reason of its own, and the run is not sealed (%s)",
    async (listedSizes) => {
      const { code, stdout, stderr, out } = await run(
        "audit",
        "sizes",
        { listedSizes },
        "--out",
        `sizes-${listedSizes}`,
      );
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("failed") });
      expect(stdout).not.toContain("Sealed");
      expect(out).toBeDefined();
      const { total } = await summaryOf(join(rehearsal.folder, `sizes-${listedSizes}`));
      expect(total).toMatchObject({
        listed: 4,
        filteredOut: 0,
        closes: true,
        reasons: { "unreadable-size": { objects: 4 } },
      });
    },
  );

  test("keeps the objects from being copied, and from being filtered out by size", async () => {
    const { code, out } = await run("migrate", "sizes", { listedSizes: "negative" }, "--max-size", "1MB");
    expect(code).toBe(1);
    expect((await summaryOf(out)).total).toMatchObject({
      listed: 4,
      filteredOut: 0,
      outcomes: { failed: { objects: 4 } },
    });
    expect(await plaintextOf(rehearsal.client, "sizes")).toHaveLength(4);
  });
});

describe("an invalid listed date", () => {
  const KEYS = ["a", "b/odd-date", "c"];
  beforeAll(() =>
    createBucket(
      rehearsal.client,
      "dates",
      KEYS.map((Key) => ({ Key, Body: Key })),
    ),
  );

  test.each(["not-a-date", "missing"] as const)(
    "fails only its object, and the others are migrated (%s)",
    async (listedDates) => {
      const bucket = `dates-${listedDates}`;
      await createBucket(
        rehearsal.client,
        bucket,
        KEYS.map((Key) => ({ Key, Body: Key })),
      );
      const { code, stdout, out } = await run("migrate", bucket, { listedDates }, "--modified-after", "2020-01-01");
      expect(code).toBe(1);
      expect(stdout).not.toContain("Sealed");
      expect((await summaryOf(out)).total).toMatchObject({
        listed: 3,
        filteredOut: 0,
        closes: true,
        outcomes: { migrated: { objects: 2 }, failed: { objects: 1 } },
        reasons: { "unreadable-date": { objects: 1 } },
      });
      expect(await plaintextOf(rehearsal.client, bucket)).toEqual(["b/odd-date"]);
    },
  );

  test("does not include a date in another format, which is parsed", { tags: ["slow"] }, async () => {
    const { code, out } = await run(
      "migrate",
      "dates",
      { listedDates: "other-format" },
      "--modified-after",
      "2020-01-01",
    );
    expect(code).toBe(0);
    expect((await summaryOf(out)).total).toMatchObject({ listed: 3, outcomes: { migrated: { objects: 3 } } });
    expect(await plaintextOf(rehearsal.client, "dates")).toEqual([]);
  });
});

describe("a key that cannot be decoded", () => {
  const ODD = ["100% x", "a/caf%E9.txt", "%ED%A0%80"];
  const FINE = [...plain(12, "a/")].map(({ Key = "" }) => Key);
  const create = (bucket: string) =>
    createBucket(rehearsal.client, bucket, [...ODD.map((Key) => ({ Key, Body: Key })), ...plain(12, "a/")]);

  test("fails its object, appears in raw form, and does not affect other objects", async () => {
    await create("odd");
    const { code, out } = await run("migrate", "odd", { encodingType: "declared-only" });
    expect(code).toBe(1);
    const { total } = await summaryOf(out);
    expect(total).toMatchObject({
      listed: 15,
      closes: true,
      outcomes: { migrated: { objects: 12 }, failed: { objects: 3 } },
      reasons: { "unreadable-key": { objects: 3 } },
    });
    expect((await csvKeys(out)).sort()).toEqual([...ODD, ...FINE].sort());
    expect((await plaintextOf(rehearsal.client, "odd")).sort()).toEqual([...ODD].sort());
    expect(await rehearsal.cli("verify", out)).toMatchObject({ code: 0 });
  });

  test("counts once in a run that is interrupted and resumed", { tags: "slow" }, async () => {
    await create("odd-resumed");
    const { sandbox, folder, place, start, cli } = rehearsal;
    const out = join(folder, "odd-resumed");
    sandbox.changeBehaviour({ encodingType: "declared-only" });
    copyMs = 200;
    sandbox.resetCalls();
    const flags = ["--assume", "documented", "--no-canary", "--race", "off", "--concurrency", "2", "--out", out];
    const running = start("migrate", "s3://odd-resumed", ...place, ...flags);
    while ((sandbox.calls.CopyObject ?? 0) < 4) await sleep(20);
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130 });
    copyMs = 0;
    expect(await cli("migrate", "--resume", "--endpoint", sandbox.endpoint, "--out", out)).toMatchObject({ code: 1 });
    const { total } = await summaryOf(out);
    expect(total).toMatchObject({
      listed: 15,
      closes: true,
      outcomes: { migrated: { objects: 12 }, failed: { objects: 3 } },
    });
    expect(await cli("verify", out)).toMatchObject({ code: 0 });
  });

  test("fails the version if it belongs to a noncurrent one", async () => {
    const { client } = rehearsal;
    await createBucket(client, "odd-versions");
    const VersioningConfiguration = { Status: "Enabled" as const };
    await client.send(new PutBucketVersioningCommand({ Bucket: "odd-versions", VersioningConfiguration }));
    for (const Body of ["older", "newer"]) {
      for (const Key of ["fine", "odd% x"])
        await client.send(new PutObjectCommand({ Bucket: "odd-versions", Key, Body }));
    }
    const { code, out } = await run("audit", "odd-versions", { encodingType: "declared-only", pageEntries: 3 });
    expect(code).toBe(1);
    expect((await summaryOf(out)).total.noncurrent).toMatchObject({
      listed: 2,
      closes: true,
      outcomes: { failed: { objects: 1 }, plaintext: { objects: 1 } },
    });
  });
});

describe("a listing that does not advance", () => {
  beforeAll(() => createBucket(rehearsal.client, "pages", plain(7)));

  test.each([
    ["repeat", "token of its next page"],
    ["renew", "a page repeats the page before it"],
    ["cycle", "it had"],
  ] as const)("ends the run with exit code 3 and the reason (%s)", async (nextPages, why) => {
    rehearsal.sandbox.resetCalls();
    const { code, stderr } = await run("audit", "pages", { nextPages, pageEntries: 2 }, "--out", `pages-${nextPages}`);
    expect({ code, stderr: stderr.replaceAll(/\s+/g, " ") }).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(why),
    });
    expect(stderr).toContain("does not advance");
    expect(rehearsal.sandbox.calls.ListObjectsV2).toBeLessThan(12);
  });

  test("ends the run with exit code 3 also for versions and for uploads", { tags: ["slow"] }, async () => {
    const { client } = rehearsal;
    await createBucket(client, "open-uploads");
    for (const Key of ["a", "b"]) await client.send(new CreateMultipartUploadCommand({ Bucket: "open-uploads", Key }));
    const uploads = await run("audit", "open-uploads", { nextPages: "renew" });
    expect(uploads).toMatchObject({ code: 3, stderr: expect.stringContaining("listMultipartUploads") });
    await createBucket(client, "versioned");
    const VersioningConfiguration = { Status: "Enabled" as const };
    await client.send(new PutBucketVersioningCommand({ Bucket: "versioned", VersioningConfiguration }));
    await client.send(new DeleteObjectCommand({ Bucket: "versioned", Key: "gone" }));
    const versions = await run("audit", "versioned", { nextPages: "cycle" });
    expect(versions).toMatchObject({ code: 3, stderr: expect.stringContaining("listVersions") });
  });

  test.each(["repeat", "renew", "cycle"] as const)(
    "ends a listing of buckets with exit code 3 (%s)",
    async (nextPages) => {
      const { sandbox, cli, place } = rehearsal;
      sandbox.changeBehaviour({ nextPages });
      const { code, stderr } = await cli("audit", "--all-buckets", ...place);
      expect({ code, stderr }).toMatchObject({
        code: 3,
        stderr: expect.stringContaining("the listing of the buckets"),
      });
    },
  );

  test("does not include one with pages of a single key, which completes", { tags: ["slow"] }, async () => {
    const { code, out } = await run("migrate", "pages", { pageEntries: 1 });
    expect(code).toBe(0);
    expect((await summaryOf(out)).total).toMatchObject({ listed: 7, closes: true });
    expect(new Set(Object.values(await encryptionOf(rehearsal.client, "pages")))).toEqual(new Set(["AES256"]));
  });
});

test("SIGTERM stops a run during a long listing that is filtered out", { tags: "slow" }, async () => {
  const { client, sandbox, start, place, folder } = rehearsal;
  await createBucket(client, "deaf", plain(400));
  sandbox.changeBehaviour({ pageEntries: 1 });
  sandbox.resetCalls();
  const out = join(folder, "deaf");
  const running = start(
    "audit",
    "s3://deaf",
    ...place,
    "--include",
    "none/**",
    "--reads-per-second",
    "20",
    "--out",
    out,
  );
  while ((sandbox.calls.ListObjectsV2 ?? 0) < 10) await sleep(20);
  running.kill("SIGTERM");
  expect(await running.ended).toMatchObject({ code: 130 });
  expect(sandbox.calls.ListObjectsV2).toBeLessThan(200);
});
