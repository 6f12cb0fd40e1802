import { appendFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type MigrateOptions, migrate, readJournal } from "../../../migrate/index.js";
import { startWorld, type World } from "../../buckets/start-world.js";

const BUCKET = "uploads";
const MIB = 1024 * 1024;

async function put({ raw }: World, key: string, bytes: number): Promise<void> {
  await raw.send({ method: "PUT", path: `/${BUCKET}/${key}`, body: Buffer.alloc(bytes, 7) });
}

async function begin({ raw }: World, key: string): Promise<string> {
  const { body } = await raw.send({ method: "POST", path: `/${BUCKET}/${key}?uploads` });
  return /<UploadId>(.*)<\/UploadId>/.exec(body.toString())?.[1] ?? "";
}

async function openUploads({ raw }: World): Promise<string[]> {
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
  expect(await openUploads(world)).toEqual([theirs]);
});

/** The run as it stands when it is killed right after these lines: without a manifest, which a session removes as it begins. */
async function killedAfter(options: { readonly out: string }, ...lines: readonly object[]): Promise<void> {
  await rm(join(options.out, "manifest.json"));
  const folder = join(options.out, "journal");
  const segment = join(folder, (await readdir(folder)).sort().at(-1) ?? "");
  for (const line of lines) await appendFile(segment, `${JSON.stringify(line)}\n`);
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
    const left = await openUploads(world);
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

  it("is kept if earlier uploads are unknown", async () => {
    expect(await sweptWorld(() => null)).toHaveLength(4);
  });

  it("is kept if it began long after the intent", async () => {
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

  it("are put on its copy", async () => {
    expect(await resumedWith(encrypted)).toContain("<Key>a</Key><Value>1</Value>");
  });

  it("are not put over other tags, or on an object that is not the copy", async () => {
    expect(await resumedWith({ ...encrypted, "x-amz-tagging": "b=2" })).not.toContain("<Key>a</Key>");
    expect(await resumedWith({})).not.toContain("<Key>a</Key>");
  });
});

it("a resume aborts no upload of an object that has its outcome", async () => {
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
