import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type MigrateOptions, migrate, RunError, readJournal } from "../../../migrate/index.js";
import { openJournal } from "../../../migrate/journal/journal-writer.js";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { SandboxOptions } from "../../../sandbox/index.js";
import { createBucket, sendOk } from "../../buckets/raw-s3.js";
import { startWorld, type World } from "../../buckets/start-world.js";

const BUCKET = "mine";
const ADMIN = { accessKeyId: "ADMIN", secretAccessKey: "admin-secret" };
const READER = { accessKeyId: "READER", secretAccessKey: "reader-secret" };

async function put({ raw }: World, key: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  await sendOk(raw, { method: "PUT", path: `/${BUCKET}/${key}`, headers, body: Buffer.from(`plain ${key}`) });
}

/** A bucket with two objects, under a prefix and beside it; runs on it probe by default. */
async function probingWorld(options: SandboxOptions = {}) {
  const world = await startWorld({ profile: "reference", ...options });
  await createBucket(world.raw, BUCKET);
  await put(world, "in/one", { "x-amz-meta-a": "b" });
  await put(world, "out/two");
  world.sandbox.resetCalls();
  const probing = (more: Partial<MigrateOptions> = {}) => world.optionsFor(BUCKET, { assume: undefined, ...more });
  return { ...world, probing };
}

async function everyVersion({ raw }: Pick<World, "raw">): Promise<string> {
  return (await sendOk(raw, { path: `/${BUCKET}?versions=` })).body.toString();
}

/** As the run would write it, which has no journal before its first line. */
async function writeLine(runDir: string, line: object): Promise<void> {
  const journal = await openJournal(runDir);
  await journal.append(line as JournalRecord);
  await journal.close();
}

async function runJson(runDir: string) {
  return JSON.parse(await readFile(join(runDir, "run.json"), "utf8"));
}

describe("migrate with a probe", () => {
  it("uses a condition that the probe found, even if no document states it", { tags: ["slow"] }, async () => {
    const world = await probingWorld();
    const { run, runDir } = await migrate(await world.probing({ provider: "generic" }));
    const guards: unknown[] = [];
    for await (const record of readJournal(runDir)) if (record.kind === "outcome") guards.push(record.outcome);
    const guarded = { kind: "migrated", strategy: "copy", guard: "source-and-destination" };
    expect(guards).toEqual([guarded, guarded]);
    expect(run.capabilities?.values).toMatchObject({ copyIfMatch: false });
    expect(run.buckets[0]?.capabilities).toMatchObject({ from: "probe", values: { copyIfMatch: true } });
  });

  it("continues if the signature of a single test object is refused", { tags: ["slow"] }, async () => {
    const refused = { kind: "error", status: 403, code: "SignatureDoesNotMatch" } as const;
    let puts = 0;
    const world = await probingWorld({
      intercept: ({ operation, key = "" }) => {
        if (operation !== "PutObject" || !key.includes("kept-by-copy")) return undefined;
        puts += 1;
        return puts === 1 ? refused : undefined;
      },
    });
    const { run, summary } = await migrate(await world.probing());
    expect(puts).toBeGreaterThan(1);
    expect(run.buckets[0]?.probe?.obstacle).toBeNull();
    expect(summary.total.outcomes.migrated.objects).toBe(2);
  });

  it("ends if the signature of the first test object is refused", async () => {
    const refused = { kind: "error", status: 403, code: "SignatureDoesNotMatch" } as const;
    const world = await probingWorld({
      intercept: ({ operation, key = "" }) =>
        operation === "PutObject" && key.includes("bucketseal-probe") ? refused : undefined,
    });
    await expect(migrate(await world.probing())).rejects.toThrow(/SignatureDoesNotMatch|cannot be probed/);
    expect(world.sandbox.calls.CopyObject).toBeUndefined();
  });

  it.each([
    ["reference", "copy", "source-and-destination"],
    ["ovh", "rewrite", "source-and-destination"],
    ["ceph-old", "copy", "source"],
    ["no-conditions", "copy", "none"],
  ] as const)(
    "uses on a store of profile %s the strategy %s with guard %s",
    { tags: ["slow"] },
    async (profile, strategy, guard) => {
      const world = await probingWorld({ profile });
      const { run, runDir, summary } = await migrate(await world.probing({ provider: "generic" }));
      const outcomes: unknown[] = [];
      for await (const record of readJournal(runDir)) if (record.kind === "outcome") outcomes.push(record.outcome);
      expect(outcomes).toEqual([
        { kind: "migrated", strategy, guard },
        { kind: "migrated", strategy, guard },
      ]);
      expect(run.buckets[0]?.capabilities?.from).toBe("probe");
      expect(summary.total.statesNow["sse-s3"].objects).toBe(2);
      expect(await everyVersion(world)).not.toContain("bucketseal");
    },
  );

  it("does not probe with --assume documented, and relies on the documentation", async () => {
    const world = await probingWorld();
    const { run, runDir } = await migrate(await world.probing({ provider: "generic", assume: "documented" }));
    const kinds: string[] = [];
    for await (const record of readJournal(runDir)) {
      if (record.kind === "outcome" && record.outcome.kind === "migrated") kinds.push(record.outcome.guard);
    }
    expect(kinds).toEqual(["source", "source"]);
    expect(run.buckets[0]).not.toHaveProperty("probe");
  });

  it("probes each bucket once, under the prefix of its scope, and leaves nothing behind", {
    tags: ["slow"],
  }, async () => {
    const keys = new Set<string>();
    const world = await probingWorld({
      intercept: async ({ operation, key }) => {
        if (operation === "PutObject" && key !== undefined) keys.add(key);
        return undefined;
      },
    });
    const before = keys.size;
    const { summary, run } = await migrate(await world.probing({ locations: [`s3://${BUCKET}/in/`], concurrency: 8 }));
    expect(summary.total).toMatchObject({ listed: 1, closes: true });
    const written = [...keys].slice(before);
    expect(written.length).toBeGreaterThan(20);
    expect(written.filter((key) => !key.startsWith("in/.bucketseal-"))).toEqual([]);
    expect(new Set(written.filter((key) => key.includes("-probe-")).map((key) => key.split("/")[1])).size).toBe(1);
    expect(await everyVersion(world)).not.toContain("bucketseal");
    expect(run.buckets[0]?.probe).toMatchObject({ obstacle: null, missingRights: [], leftovers: [], warnings: [] });
  });

  it("writes nothing if there is nothing to copy", { tags: ["slow"] }, async () => {
    const world = await probingWorld();
    await migrate(await world.probing());
    world.sandbox.resetCalls();
    const { run } = await migrate(await world.probing());
    expect(world.sandbox.calls).not.toHaveProperty("PutObject");
    expect(run.buckets[0]).not.toHaveProperty("probe");
  });

  it("writes nothing in a dry run, and warns that it was planned from documents", async () => {
    const world = await probingWorld();
    const { run } = await migrate(await world.probing({ dryRun: true }));
    expect(world.sandbox.calls).not.toHaveProperty("PutObject");
    expect(run.buckets[0]?.warnings).toContain(
      "planned from the provider's documentation: a dry run writes no test objects",
    );
  });
});

describe("migrate --resume after a probe", () => {
  it("takes the capabilities from run.json, and does not probe again", { tags: ["slow"] }, async () => {
    const world = await probingWorld();
    const interruption = new AbortController();
    const onEvent: MigrateOptions["onEvent"] = ({ kind }) => kind === "probed" && interruption.abort();
    const options = await world.probing({ concurrency: 1, canary: false, provider: "generic" });
    const first = await migrate({ ...options, onEvent, signal: interruption.signal });
    expect(first.run.sessions.at(-1)?.end).toBe("interrupted");
    const { capabilities } = (await runJson(first.runDir)).buckets[0];
    expect(capabilities).toMatchObject({ from: "probe", values: { copyIfMatch: true } });
    world.sandbox.resetCalls();
    const { out, credentials, endpoint } = options;
    const second = await migrate({ out, credentials, endpoint, resume: true });
    expect(second.summary.total).toMatchObject({ listed: 2, closes: true });
    expect(world.sandbox.calls).not.toHaveProperty("PutObject");
    expect(second.run.buckets[0]?.capabilities).toEqual(capabilities);
  });

  it("probes again if run.json does not record the capabilities used for planning", { tags: ["slow"] }, async () => {
    const world = await probingWorld();
    const interruption = new AbortController();
    const onEvent: MigrateOptions["onEvent"] = ({ kind }) => kind === "probed" && interruption.abort();
    const options = await world.probing({ concurrency: 1, canary: false });
    const { runDir } = await migrate({ ...options, onEvent, signal: interruption.signal });
    const run = await runJson(runDir);
    delete run.buckets[0].capabilities.values.copyIfMatch;
    await writeFile(join(runDir, "run.json"), JSON.stringify(run));
    world.sandbox.resetCalls();
    const { out, credentials, endpoint } = options;
    await migrate({ out, credentials, endpoint, resume: true });
    expect(world.sandbox.calls.PutObject).toBeGreaterThan(20);
  });

  it("deletes the test objects of a session killed during its probe, and nothing else", async () => {
    const world = await probingWorld();
    const interruption = new AbortController();
    const onEvent: MigrateOptions["onEvent"] = ({ kind }) => kind === "scope-started" && interruption.abort();
    const options = await world.probing({ onEvent, signal: interruption.signal });
    const { runDir } = await migrate(options);
    const folder = ".bucketseal-probe-11111111-2222-3333-4444-555555555555/";
    const stranger = ".bucketseal-probe-99999999-2222-3333-4444-555555555555/";
    await put(world, `${folder}1-first`);
    await put(world, `${stranger}1-first`, { "x-amz-server-side-encryption": "AES256" });
    await sendOk(world.raw, { method: "POST", path: `/${BUCKET}/${folder}2-part-copy?uploads=` });
    const line = { kind: "throw-away", bucket: BUCKET, key: folder, at: "2026-01-01T00:00:00.000Z" };
    await writeLine(runDir, line);
    await rm(join(runDir, "manifest.json"));
    const { out, credentials, endpoint } = options;
    const { summary } = await migrate({ out, credentials, endpoint, resume: true });
    const left = await everyVersion(world);
    expect(left).not.toContain(folder);
    expect(left).toContain(stranger);
    expect((await sendOk(world.raw, { path: `/${BUCKET}?uploads=` })).body.toString()).not.toContain(folder);
    // The stranger's is an object like any other; its own was never listed.
    expect(summary.total).toMatchObject({ listed: 3, closes: true });
  });

  it("rejects a journal line that names a real object as a test object, and deletes nothing", async () => {
    const world = await probingWorld();
    const interruption = new AbortController();
    const onEvent: MigrateOptions["onEvent"] = ({ kind }) => kind === "scope-started" && interruption.abort();
    const options = await world.probing({ onEvent, signal: interruption.signal });
    const { runDir } = await migrate(options);
    const line = { kind: "throw-away", bucket: BUCKET, key: "in/", at: "2026-01-01T00:00:00.000Z" };
    await writeLine(runDir, line);
    await rm(join(runDir, "manifest.json"));
    const { out, credentials, endpoint } = options;
    await expect(migrate({ out, credentials, endpoint, resume: true })).rejects.toThrow("is not a journal record");
    expect(await everyVersion(world)).toContain("in/one");
  });
});

describe("test objects", () => {
  it("are deleted beside the first objects, and before the run ends", async () => {
    const order: string[] = [];
    let onCopy = () => {};
    const copied = new Promise<void>((resolve) => {
      onCopy = resolve;
    });
    const world = await probingWorld({
      intercept: async ({ operation, key }) => {
        const isOfTest = key.includes(".bucketseal-");
        if (operation === "CopyObject" && !isOfTest) {
          order.push("copied");
          onCopy();
        }
        if (operation === "DeleteObject" && isOfTest && !key.endsWith("1-first")) {
          await copied;
          order.push("deleted");
        }
        return undefined;
      },
    });
    const { run, summary } = await migrate(await world.probing({ provider: "generic" }));
    expect(order[0]).toBe("copied");
    expect(order.filter((what) => what === "deleted").length).toBeGreaterThan(20);
    expect(summary.total).toMatchObject({ listed: 2, closes: true });
    expect(run.buckets[0]).toMatchObject({ canary: { result: "passed" }, probe: { leftovers: [] } });
    expect(await everyVersion(world)).not.toContain(".bucketseal-");
  });

  it("are journaled before the first one is put", { tags: ["slow"] }, async () => {
    let out = "";
    const before: unknown[] = [];
    const world = await probingWorld({
      intercept: async ({ operation, key }) => {
        const isFirst = operation === "PutObject" && key.includes(".bucketseal-probe-") && before.length === 0;
        if (isFirst) for await (const record of readJournal(out)) before.push(record);
        return undefined;
      },
    });
    const options = await world.probing({ concurrency: 1 });
    out = options.out ?? "";
    await migrate(options);
    const key = expect.stringMatching(/^\.bucketseal-probe-[0-9a-f-]{36}\/$/);
    expect(before).toEqual([{ kind: "throw-away", bucket: BUCKET, key, at: expect.any(String) }]);
  });

  it("are not counted if a listing shows them", async () => {
    const [put, counted] = [signalled(), signalled()];
    let listings = 0;
    const world = await probingWorld({
      intercept: async ({ operation, key }) => {
        // The second is the one that counts ahead: it waits for the probe, and the probe's clean-up for it.
        if (operation === "ListObjectsV2" && ++listings === 2) await put.came;
        if (operation === "CreateMultipartUpload" && key.includes("-probe-")) put.come();
        if (operation === "DeleteObject") await counted.came;
        return undefined;
      },
    });
    let objects = 0;
    const onEvent: MigrateOptions["onEvent"] = (event) => {
      if (event.kind !== "counted" || !event.end) return;
      objects = event.objects;
      counted.come();
    };
    const { summary } = await migrate(await world.probing({ countAhead: true, onEvent }));
    expect(objects).toBe(2);
    expect(summary.total).toMatchObject({ listed: 2, closes: true });
  });
});

function signalled() {
  let come = () => {};
  const came = new Promise<void>((resolve) => {
    come = resolve;
  });
  return { come: () => come(), came };
}

describe("migrate, if the probe is hindered", () => {
  const withoutRights = (deny: readonly string[], more: SandboxOptions = {}) =>
    probingWorld({ credentials: [ADMIN, { ...READER, deny: [...deny] }], ...more });

  async function endOf(world: Awaited<ReturnType<typeof withoutRights>>, more: Partial<MigrateOptions> = {}) {
    const options = await world.probing(more);
    const error = await migrate(options).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    const encrypted = await sendOk(world.raw, { method: "HEAD", path: `/${BUCKET}/in/one` });
    return { error, touched: encrypted.headers["x-amz-server-side-encryption"] !== undefined };
  }

  it.each([
    [
      "put objects",
      ["s3:PutObject"],
      "are not allowed to write test objects (putObject: AccessDenied), which needs s3:PutObject",
    ],
    [
      "delete them again",
      ["s3:DeleteObject*"],
      "could not be deleted again, which needs one or more of s3:DeleteObject, s3:DeleteObjectVersion",
    ],
    ["tag", ["s3:PutObjectTagging"], "(s3:PutObjectTagging): grant them, accept the loss with --accept-loss tags"],
    [
      "read access control lists",
      ["s3:GetObjectAcl"],
      "(s3:GetObjectAcl): grant them, accept the loss with --accept-loss acl",
    ],
  ] as const)(
    "ends before a real object is touched if it may not %s",
    { tags: ["slow"] },
    async (_words, deny, message) => {
      const { error, touched } = await endOf(await withoutRights(deny), { credentials: READER });
      expect(error).toBeInstanceOf(RunError);
      expect((error as RunError).message).toContain(message);
      expect((error as RunError).message).toContain("--assume documented");
      expect(touched).toBe(false);
    },
  );

  it("continues if that loss was accepted, or with --assume documented", { tags: ["slow"] }, async () => {
    const acl = await withoutRights(["s3:GetObjectAcl", "s3:GetObjectVersionAcl"]);
    expect(await endOf(acl, { credentials: READER, acceptLoss: ["acl"] })).toEqual({ error: null, touched: true });
    const deleting = await withoutRights(["s3:DeleteObject*"]);
    expect(await endOf(deleting, { credentials: READER, assume: "documented", canary: false })).toEqual({
      error: null,
      touched: true,
    });
  });

  it("plans from documents, with a warning, if the bucket may lock new objects", async () => {
    const world = await withoutRights(["s3:GetBucketObjectLockConfiguration"]);
    const { run, runDir } = await migrate(await world.probing({ credentials: READER }));
    expect(world.sandbox.calls).not.toHaveProperty("DeleteObject");
    expect(run.buckets[0]?.capabilities?.from).toBe("documents");
    expect(run.buckets[0]?.probe?.obstacle?.because).toBe("lock-unreadable");
    expect((await runJson(runDir)).buckets[0].warnings).toContainEqual(
      expect.stringContaining("planned from the provider's documentation, without test objects"),
    );
  });

  it("ends if the first test object was corrupted, although the probe then finds another reason to copy one more", async () => {
    let first: string | undefined;
    let isGone = () => {};
    const gone = new Promise<void>((resolve) => {
      isGone = resolve;
    });
    const world = await probingWorld({
      behaviour: { forgottenBy: { copy: ["content-language"] } },
      intercept: async ({ operation, key = "" }) => {
        if (operation === "CopyObject" && key.includes("kept-by-")) await gone;
        if (key.includes(".bucketseal-canary-")) first ??= key;
        if (key === first) onFirst[operation]?.();
        return undefined;
      },
    });
    const onFirst: Readonly<Record<string, () => void>> = {
      CopyObject: () => world.sandbox.changeBehaviour({ copiedBytes: "first-ten" }),
      DeleteObject: () => {
        world.sandbox.changeBehaviour({ copiedBytes: "all" });
        isGone();
      },
    };
    await expect(migrate(await world.probing())).rejects.toThrow(
      /the canary object in bucket "mine" failed: .*bytes.*; no other object was changed/,
    );
  });

  it("reports test objects that could not be deleted", { tags: ["slow"] }, async () => {
    const refusing = { kind: "error", status: 403, code: "AccessDenied" } as const;
    const world = await probingWorld({
      intercept: ({ operation, key }) =>
        operation === "DeleteObject" && key.includes("-self-copy") ? refusing : undefined,
    });
    const told: string[] = [];
    const onEvent: MigrateOptions["onEvent"] = (event) =>
      void (event.kind === "bucket-warning" && told.push(event.warning));
    const { run, summary } = await migrate(await world.probing({ onEvent }));
    expect(told).toEqual([
      expect.stringMatching(/self-copy.* could not be deleted \(AccessDenied\): delete it by hand$/),
    ]);
    expect(run.buckets[0]?.probe?.leftovers).toHaveLength(1);
    expect(run.buckets[0]?.warnings).toEqual(expect.arrayContaining(told));
    expect(summary.total).toMatchObject({ listed: 2, closes: true });
  });

  it("ends with one message if the bucket disappears during the probe", { tags: ["slow"] }, async () => {
    const gone = { kind: "error", status: 404, code: "NoSuchBucket" } as const;
    let puts = 0;
    const world = await probingWorld({
      intercept: ({ operation, key }) => {
        if (operation === "PutObject" && key.includes("-probe-")) puts += 1;
        return puts > 3 && operation === "PutObject" ? gone : undefined;
      },
    });
    const { error, touched } = await endOf(world);
    expect(error).toBeInstanceOf(RunError);
    expect((error as RunError).message).toMatch(/^bucket "mine" does not exist at /);
    expect(touched).toBe(false);
    expect(await everyVersion(world)).not.toContain("bucketseal");
  });

  it("ends on a store of profile corruptor before a real object is touched", { tags: "slow" }, async () => {
    const world = await probingWorld({ profile: "corruptor" });
    const { error, touched } = await endOf(world);
    expect(error).toBeInstanceOf(RunError);
    expect(touched).toBe(false);
    const { body } = await sendOk(world.raw, { path: `/${BUCKET}/in/one` });
    expect(body.toString()).toBe("plain in/one");
  });

  it("ends on a store that corrupts copies even without a canary, and changes no object", {
    tags: "slow",
  }, async () => {
    const world = await probingWorld({ profile: "corruptor" });
    const { error } = await endOf(world, { canary: false });
    expect((error as RunError).message).toContain("corrupts objects that are copied");
    const { body } = await sendOk(world.raw, { path: `/${BUCKET}/in/one` });
    expect(body.toString()).toBe("plain in/one");
  });
});
