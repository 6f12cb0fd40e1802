import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { type MigrateOptions, migrate, readJournal } from "../../../migrate/index.js";
import { openJournal } from "../../../migrate/journal/journal-writer.js";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { Intercept } from "../../../sandbox/index.js";
import { LONG_TAGS } from "../../buckets/mixed-objects.js";
import { openUploads, type RawS3, sendOk } from "../../buckets/raw-s3.js";
import { readObject } from "../../buckets/read-bucket.js";
import { fillBucket, startWorld, type World } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const MIB = 1024 * 1024;
const body = Buffer.alloc(11 * MIB, "0123456789");

async function countOpenUploads(raw: RawS3): Promise<number> {
  const { body } = await sendOk(raw, { path: "/bucket?uploads=" });
  return body.toString().split("<Upload>").length - 1;
}

/** Migrates one object of three parts. */
async function migrateLarge(intercept: Intercept, more: Partial<MigrateOptions> = {}) {
  const world = await startWorld({ intercept });
  await fillBucket(world.raw, "bucket", [{ key: "large", body, tags: LONG_TAGS }]);
  const before = await readObject(world.raw, "bucket", "large");
  const options = await world.optionsFor("bucket", { copyCutoff: MIB, partSize: 5 * MIB, canary: false, ...more });
  const { runDir } = await migrate(options);
  return { ...world, options, before, outcome: (await outcomesOf(runDir)).get("large")?.outcome };
}

describe("multipart copy", () => {
  test("completes its upload, and leaves none open", { tags: ["slow"] }, async () => {
    const { raw, sandbox, outcome } = await migrateLarge(() => undefined);
    expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy-multipart", guard: "source-and-destination" });
    expect(sandbox.calls.UploadPartCopy).toBe(3);
    expect(await countOpenUploads(raw)).toBe(0);
  });

  test.each(["UploadPartCopy", "CompleteMultipartUpload"])(
    "aborts its upload if %s fails for good, and leaves the object unchanged",
    { tags: ["slow"] },
    async (failing) => {
      const { raw, sandbox, before, outcome } = await migrateLarge(({ operation }) =>
        operation === failing ? { kind: "error", status: 403, code: "AccessDenied" } : undefined,
      );
      expect(outcome).toMatchObject({ kind: "failed", reason: "access-denied" });
      expect(sandbox.calls.AbortMultipartUpload).toBe(1);
      expect(await countOpenUploads(raw)).toBe(0);
      expect(await readObject(raw, "bucket", "large")).toEqual(before);
    },
  );

  test("aborts its upload on an interruption between two parts, and is repeated by a resume", {
    tags: ["slow"],
  }, async () => {
    const interruption = new AbortController();
    const intercept: Intercept = ({ operation }) => {
      if (operation === "UploadPartCopy") interruption.abort();
      return undefined;
    };
    const { raw, sandbox, before, outcome, options } = await migrateLarge(intercept, {
      signal: interruption.signal,
      concurrency: 2,
    });
    expect(outcome).toBeUndefined();
    expect(sandbox.calls.UploadPartCopy).toBeLessThan(3);
    expect(await countOpenUploads(raw)).toBe(0);
    expect(await readObject(raw, "bucket", "large")).toEqual(before);
    const { summary } = await migrate({
      out: options.out,
      credentials: options.credentials,
      endpoint: options.endpoint,
      resume: true,
    });
    expect(summary.total.outcomes.migrated.objects).toBe(1);
    expect(await countOpenUploads(raw)).toBe(0);
  });

  test("detects completion despite a lost response, and puts tags that fit no header", { tags: ["slow"] }, async () => {
    let answers = 0;
    const { raw, before, outcome } = await migrateLarge(({ operation }) => {
      if (operation === "CompleteMultipartUpload") answers += 1;
      return operation === "CompleteMultipartUpload" && answers === 1 ? { kind: "reset-after" } : undefined;
    });
    expect(outcome).toMatchObject({ kind: "migrated", strategy: "copy-multipart" });
    const { tags, headers, encryption } = await readObject(raw, "bucket", "large");
    expect({ tags, headers, encryption }).toEqual({ tags: before.tags, headers: before.headers, encryption: "AES256" });
    expect(tags).toHaveLength(LONG_TAGS.length);
  });

  test("succeeds after a part was throttled for a while", { tags: ["slow"] }, async () => {
    let parts = 0;
    const { outcome } = await migrateLarge(({ operation }) => {
      if (operation === "UploadPartCopy") parts += 1;
      const refused = operation === "UploadPartCopy" && parts <= 3;
      return refused ? { kind: "error", status: 503, code: "SlowDown" } : undefined;
    });
    expect(outcome?.kind).toBe("migrated");
  });
});

describe("lost response to a multipart call", () => {
  const BUCKET = "begun";

  /** Migrates an object in parts while the first answer to one operation is lost. */
  async function losingTheFirst(lost: string) {
    let calls = 0;
    const { raw, optionsFor } = await startWorld({
      intercept: ({ operation }) => {
        if (operation === lost) calls += 1;
        return operation === lost && calls === 1 ? { kind: "reset-after" } : undefined;
      },
    });
    await fillBucket(raw, BUCKET, [{ key: "object", body: Buffer.alloc(5000) }]);
    const options = await optionsFor(BUCKET, { copyCutoff: 1, rewriteBelow: 0, canary: false });
    const { summary } = await migrate(options);
    return { calls, migrated: summary.total.outcomes.migrated.objects, open: await openUploads(raw, BUCKET) };
  }

  test.each(["UploadPartCopy", "CompleteMultipartUpload"])(
    "migrate leaves no upload open if the response to %s is lost",
    async (operation) => {
      const { calls, migrated, open } = await losingTheFirst(operation);
      expect({ migrated, open }).toEqual({ migrated: 1, open: [] });
      expect(calls).toBeGreaterThan(0);
    },
  );

  test("migrate begins another upload if the response to CreateMultipartUpload is lost", async () => {
    expect(await losingTheFirst("CreateMultipartUpload")).toMatchObject({ calls: 2, migrated: 1 });
  });

  test("migrate leaves no upload open if the response to CreateMultipartUpload is lost", async () => {
    expect((await losingTheFirst("CreateMultipartUpload")).open).toEqual([]);
  });
});

const BUCKET = "uploads";

async function put({ raw }: World, key: string, bytes: number): Promise<void> {
  await raw.send({ method: "PUT", path: `/${BUCKET}/${key}`, body: Buffer.alloc(bytes, 7) });
}

async function begin({ raw }: World, key: string): Promise<string> {
  const { body } = await raw.send({ method: "POST", path: `/${BUCKET}/${key}?uploads` });
  return /<UploadId>(.*)<\/UploadId>/.exec(body.toString())?.[1] ?? "";
}

async function uploadsLeftOpen({ raw }: World): Promise<string[]> {
  const { body } = await raw.send({ path: `/${BUCKET}?uploads` });
  return [...body.toString().matchAll(/<UploadId>(.*?)<\/UploadId>/g)].map(([, id]) => id ?? "");
}

/** A run that was interrupted before its first object. */
async function interruptedRun(world: World): Promise<MigrateOptions & { out: string }> {
  const controller = new AbortController();
  const onEvent = ({ kind }: { kind: string }) => kind === "scope-started" && controller.abort();
  const options = await world.optionsFor(BUCKET, { copyCutoff: "1MiB", partSize: "5MiB" });
  const out = options.out ?? "";
  await migrate({ ...options, onEvent, signal: controller.signal });
  return { ...options, out };
}

it("a resume aborts the uploads of a killed session, and no others", async () => {
  const world = await startWorld();
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  await put(world, "large", 12 * MIB);
  const options = await interruptedRun(world);
  const [ours, theirs] = [await begin(world, "large"), await begin(world, "large")];
  const line = { kind: "upload", bucket: BUCKET, key: "large", uploadId: ours, at: "2026-01-01T00:00:00.000Z" };
  await killedAfter(options, line);

  const { summary } = await migrate({ ...options, locations: undefined, resume: true });

  expect(summary.total.outcomes.migrated.objects).toBe(1);
  expect(summary.total.closes).toBe(true);
  expect(await uploadsLeftOpen(world)).toEqual([theirs]);
});

/** The folder of a run that is killed right after these lines: without a manifest, which a session removes as it begins. */
async function killedAfter(options: { readonly out: string }, ...lines: readonly object[]): Promise<void> {
  await rm(join(options.out, "manifest.json"));
  const journal = await openJournal(options.out);
  for (const line of lines) await journal.append(line as JournalRecord);
  await journal.close();
}

const intent = (key: string, more: object = {}) => ({
  kind: "intent",
  bucket: BUCKET,
  key,
  strategy: "copy-multipart",
  etag: "0".repeat(32),
  sizeBytes: 12 * MIB,
  tagsToPut: [],
  otherUploads: [],
  at: new Date().toISOString(),
  ...more,
});

describe("upload without a journaled ID", () => {
  async function sweptWorld(otherUploads: (theirs: string) => string[] | null, at?: string) {
    const world = await startWorld();
    await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
    await put(world, "large", 12 * MIB);
    const options = await interruptedRun(world);
    const [theirs, lost, used, elsewhere] = [
      await begin(world, "large"),
      await begin(world, "large"),
      await begin(world, "large"),
      await begin(world, "large-and-more"),
    ];
    await world.raw.send({
      method: "PUT",
      path: `/${BUCKET}/large?partNumber=1&uploadId=${used}`,
      body: Buffer.alloc(5 * MIB),
    });
    await killedAfter(options, intent("large", { otherUploads: otherUploads(theirs), ...(at && { at }) }));
    await migrate({ ...options, locations: undefined, resume: true });
    const left = await uploadsLeftOpen(world);
    const names = new Map([
      [theirs, "there before"],
      [lost, "lost"],
      [used, "in use"],
      [elsewhere, "of another key"],
    ]);
    return left.map((id) => names.get(id) ?? id).toSorted();
  }

  it("is aborted through the intent of the run; other uploads stay", async () => {
    expect(await sweptWorld((theirs) => [theirs])).toEqual(["in use", "of another key", "there before"]);
  });

  it("is kept if earlier uploads are unknown", { tags: ["slow"] }, async () => {
    expect(await sweptWorld(() => null)).toHaveLength(4);
  });

  it("is kept if it began long after the intent", { tags: ["slow"] }, async () => {
    expect(await sweptWorld((theirs) => [theirs], new Date(Date.now() - 3_600_000).toISOString())).toHaveLength(4);
  });
});

describe("tags that a killed session had not put yet", () => {
  const TAGS = [{ key: "a", value: "1" }];

  async function resumedWith(headers: Record<string, string>, tags = TAGS) {
    const world = await startWorld();
    await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
    await put(world, "other", 1);
    const options = await interruptedRun(world);
    const body = Buffer.alloc(12 * MIB, 7);
    await world.raw.send({ method: "PUT", path: `/${BUCKET}/large`, headers, body });
    await killedAfter(options, intent("large", { tagsToPut: tags }));
    await migrate({ ...options, locations: undefined, resume: true });
    return (await world.raw.send({ path: `/${BUCKET}/large?tagging` })).body.toString();
  }
  const encrypted = { "x-amz-server-side-encryption": "AES256" };

  it("are put on its copy", { tags: ["slow"] }, async () => {
    expect(await resumedWith(encrypted)).toContain("<Key>a</Key><Value>1</Value>");
  });

  it("are not put over other tags, or on an object that is not the copy", { tags: ["slow"] }, async () => {
    expect(await resumedWith({ ...encrypted, "x-amz-tagging": "b=2" })).not.toContain("<Key>a</Key>");
    expect(await resumedWith({})).not.toContain("<Key>a</Key>");
  });
});

it("a resume aborts no upload of an object that has its outcome", { tags: ["slow"] }, async () => {
  const world = await startWorld();
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  await put(world, "large", 12 * MIB);
  const options = await world.optionsFor(BUCKET, { copyCutoff: "1MiB", partSize: "5MiB", canary: false });
  await migrate(options);
  world.sandbox.resetCalls();
  await migrate({ ...options, locations: undefined, resume: true });
  expect(world.sandbox.calls).not.toHaveProperty("AbortMultipartUpload");
});

it("a run journals an upload before it sends any part", async () => {
  const kinds: string[] = [];
  let out = "";
  const world = await startWorld({
    intercept: async ({ operation }) => {
      if (operation !== "UploadPartCopy" || kinds.length > 0) return undefined;
      for await (const { kind } of readJournal(out)) kinds.push(kind);
      return undefined;
    },
  });
  await world.raw.send({ method: "PUT", path: `/${BUCKET}` });
  await put(world, "large", 12 * MIB);
  const options = await world.optionsFor(BUCKET, { copyCutoff: "1MiB", partSize: "5MiB", canary: false });
  out = options.out ?? "";
  await migrate(options);
  expect([...new Set(kinds)]).toEqual(["intent", "upload"]);
});
