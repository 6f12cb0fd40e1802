import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { audit, type MigrateOptions, migrate, verifyLive } from "../../../migrate/index.js";
import type { Intercept, SandboxOptions } from "../../../sandbox/index.js";
import { customerKeyHeaders } from "../../buckets/mixed-objects.js";
import { createBucket, type NewObject, pathOf, putObject } from "../../buckets/raw-s3.js";
import { readObject } from "../../buckets/read-bucket.js";
import { newKeyFile, startWorld, type World } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const MIB = 1024 * 1024;
const small = Buffer.from("<p>a body</p>");
const twoParts = Buffer.alloc(5 * MIB + 7, "a larger body/");
const streamed = Buffer.alloc(8 * MIB + 7, "a body that is not held in memory/");
const PLAINLY_DRESSED: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-encoding": "gzip",
  "cache-control": "private, max-age=60",
  expires: "not a date",
  "x-amz-meta-name": "déjà 🦊",
  "x-amz-grant-full-control": 'id="sandbox-owner"',
  "x-amz-grant-read": 'id="another-account"',
};
/** All that one object can carry, but for a lock. */
const DRESSED: Readonly<Record<string, string>> = {
  ...PLAINLY_DRESSED,
  "x-amz-website-redirect-location": "/elsewhere",
  "x-amz-storage-class": "STANDARD_IA",
};

interface Way {
  readonly strategy: string;
  readonly options: Partial<MigrateOptions>;
  readonly sandbox?: SandboxOptions;
  readonly headers?: Readonly<Record<string, string>>;
  readonly object: Pick<NewObject, "body" | "partBytes">;
  /** Tried with the last of the changes alone. */
  readonly slow?: true;
}

const WAYS: readonly Way[] = [
  { strategy: "copy", options: {}, object: { body: small } },
  { strategy: "copy", options: {}, object: { body: Buffer.alloc(0) } },
  {
    strategy: "copy-replacing",
    options: {},
    sandbox: { behaviour: { selfCopyChangingSse: "refused" } },
    // A copy that also changes the class or the redirect is not one that a store calls illegal.
    headers: PLAINLY_DRESSED,
    object: { body: small },
  },
  {
    strategy: "copy-multipart",
    options: { copyCutoff: 1, rewriteBelow: 1, partSize: 5 * MIB },
    object: { body: twoParts, partBytes: 5 * MIB },
  },
  {
    strategy: "copy-multipart",
    options: { copyCutoff: 1, rewriteBelow: 1, partSize: 5 * MIB },
    object: { body: twoParts },
    slow: true,
  },
  { strategy: "rewrite", options: { copyCutoff: 1, race: "off" }, object: { body: small } },
  {
    strategy: "rewrite",
    options: { copyCutoff: 1, rewriteBelow: "1GiB", race: "off" },
    object: { body: streamed },
    slow: true,
  },
];

interface Change {
  readonly title: string;
  /** Whether the object is under its own key before. */
  readonly fromKey: boolean;
  readonly before: string | null;
  readonly after: { readonly state: string; readonly shown: string; readonly canary: string };
  readonly reason: string;
  readonly options: (keys: Pick<Keyed, "own" | "target">) => Partial<MigrateOptions>;
}

const SSE_S3 = { state: "sse-s3", shown: "AES256", canary: "is AES256" };
const SSE_C = { state: "sse-c", shown: "SSE-C", canary: "is under the requested customer key" };

const CHANGES: readonly Change[] = [
  {
    title: "from under a customer key to SSE-S3",
    fromKey: true,
    before: "SSE-C",
    after: SSE_S3,
    reason: "sse-c-to-sse-s3",
    options: ({ own }) => ({ ssecKeyFile: [own.path] }),
  },
  {
    title: "from plaintext to under a customer key",
    fromKey: false,
    before: null,
    after: SSE_C,
    reason: "unencrypted-to-sse-c",
    options: ({ target }) => ({ to: "sse-c", toKeyFile: target.path }),
  },
  {
    title: "from one customer key to another",
    fromKey: true,
    before: "SSE-C",
    after: SSE_C,
    reason: "sse-c-to-other-key",
    options: ({ own, target }) => ({ ssecKeyFile: [own.path], to: "sse-c", toKeyFile: target.path }),
  },
];

async function worldWith(object: Partial<NewObject>, options: SandboxOptions = {}) {
  const world = await startWorld({ profile: "reference", ...options });
  const [own, target] = [await newKeyFile(), await newKeyFile()];
  await createBucket(world.raw, "bucket");
  const put = (key: string, under: Buffer | null, more: Partial<NewObject> = {}) => {
    const headers = { ...object.headers, ...(under === null ? {} : customerKeyHeaders(under)) };
    return putObject(world.raw, "bucket", { body: small, ...object, ...more, key, headers });
  };
  return { ...world, own, target, put };
}

type Keyed = Awaited<ReturnType<typeof worldWith>>;

async function run(world: World, options: Partial<MigrateOptions>) {
  const given = await world.optionsFor("bucket", { formats: ["csv", "md"], ...options });
  const result = await migrate(given);
  return { ...result, outcomes: await outcomesOf(result.runDir) };
}

/** All that is left of a run, as one text. */
async function everythingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return (await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "latin1")))).join("\n");
}

function expectNoKeyIn(text: string, ...keys: readonly Buffer[]): void {
  for (const key of keys) {
    for (const form of [key.toString("base64"), key.toString("hex"), key.toString("latin1")]) {
      expect(text.includes(form)).toBe(false);
    }
  }
}

const CASES = WAYS.flatMap((way) => (way.slow ? CHANGES.slice(-1) : CHANGES).map((change) => ({ way, change })));

describe("migrate with customer keys", () => {
  test.each(CASES)(
    "copies $change.title by $way.strategy with $way.options, and changes nothing else",
    { tags: ["slow"] },
    async (row) => {
      const { change, way } = row;
      const { strategy, options, sandbox, headers = DRESSED, object } = way;
      const world = await worldWith({ ...object, headers, tags: [["project", "phœnix"]] }, sandbox);
      const { raw, own, target, put } = world;
      await put("a", change.fromKey ? own.key : null);
      const before = await readObject(raw, "bucket", "a", own.key);
      expect(before).toMatchObject({ status: 200, encryption: change.before });

      const { summary, outcomes, runDir, run: written } = await run(world, { ...change.options(world), ...options });

      const record = outcomes.get("a");
      expect(record?.outcome).toMatchObject({ kind: "migrated", strategy });
      expect(record?.decision.reason).toBe(change.reason);
      expect(record?.before.state).toBe(change.fromKey ? "sse-c" : "none");
      expect(record?.after?.state).toBe(change.after.state);
      expect(summary.total).toMatchObject({ listed: 1, closes: true });
      expect(written.buckets[0]?.canary).toMatchObject({
        result: "passed",
        detail: expect.stringContaining(change.after.canary),
      });
      const after = await readObject(raw, "bucket", "a", target.key);
      expect(after).toEqual({ ...before, encryption: change.after.shown, etag: after.etag });
      expect((await raw.send({ path: pathOf("bucket", "a"), headers: customerKeyHeaders(own.key) })).status).not.toBe(
        200,
      );
      expectNoKeyIn(await everythingIn(runDir), own.key, target.key);
    },
  );
});

describe("migrate --to sse-c", () => {
  test("skips objects that are encrypted already, and copies nothing in a second run", { tags: ["slow"] }, async () => {
    const world = await worldWith({});
    const { raw, own, target, put, sandbox } = world;
    await put("already", target.key);
    await put("other", own.key);
    await put("plain", null);
    await put("sse-s3", null, { headers: { "x-amz-server-side-encryption": "AES256" } });
    await putObject(raw, "bucket", {
      key: "sse-s3",
      body: small,
      headers: { "x-amz-server-side-encryption": "AES256" },
    });
    const options = { ssecKeyFile: [own.path], to: "sse-c", toKeyFile: target.path } as const;
    const before = await readObject(raw, "bucket", "already", target.key);
    const first = await run(world, options);
    expect(first.outcomes.get("already")?.outcome).toEqual({ kind: "already-encrypted", reason: "customer-key" });
    expect(first.outcomes.get("sse-s3")?.outcome).toEqual({ kind: "already-encrypted", reason: "sse-s3" });
    expect(first.outcomes.get("plain")?.outcome.kind).toBe("migrated");
    expect(first.outcomes.get("other")?.outcome.kind).toBe("migrated");
    expect(await readObject(raw, "bucket", "already", target.key)).toEqual(before);
    expect(first.verdict.kind).toBe("no-default");
    sandbox.resetCalls();
    const second = await run(world, options);
    expect(second.summary.total.outcomes["already-encrypted"].objects).toBe(4);
    expect(sandbox.calls.CopyObject).toBeUndefined();
    expect(sandbox.calls.PutObject).toBeUndefined();
  });

  test("migrates objects with and without a customer key if HEAD does not name the key", {
    tags: ["slow"],
  }, async () => {
    const world = await worldWith({}, { behaviour: { headNamesCustomerKey: false } });
    const { raw, own, target, put } = world;
    await put("under", own.key);
    await put("plain", null);
    const { outcomes } = await run(world, { ssecKeyFile: [own.path], to: "sse-c", toKeyFile: target.path });
    for (const key of ["under", "plain"]) {
      expect(outcomes.get(key)).toMatchObject({ outcome: { kind: "migrated" }, after: { state: "sse-c" } });
      expect(await readObject(raw, "bucket", key, target.key)).toMatchObject({ status: 200, encryption: "SSE-C" });
    }
  });

  test("ends the run with the error of the canary if the store refuses customer keys", async () => {
    const intercept: Intercept = ({ operation }) =>
      operation === "CopyObject"
        ? { kind: "error", status: 403, code: "AccessDenied", message: "SSE-C is switched off" }
        : undefined;
    const world = await worldWith({}, { intercept });
    await world.put("plain", null);
    const before = await readObject(world.raw, "bucket", "plain");
    const failing = run(world, { to: "sse-c", toKeyFile: world.target.path });
    await expect(failing).rejects.toThrow(/canary.*SSE-C is switched off/);
    expect(await readObject(world.raw, "bucket", "plain")).toEqual(before);
  });
});

describe("migrate of an object under a customer key", () => {
  test("skips it if its key was not given, whatever other key is given", async () => {
    const world = await worldWith({});
    const { raw, own, target, put } = world;
    await put("a", own.key);
    const before = await readObject(raw, "bucket", "a", own.key);
    for (const options of [{}, { to: "sse-c", toKeyFile: target.path } as const]) {
      const { outcomes } = await run(world, options);
      expect(outcomes.get("a")?.outcome).toEqual({ kind: "skipped", reason: "sse-c-without-key" });
    }
    expect(await readObject(raw, "bucket", "a", own.key)).toEqual(before);
  });

  test("skips it with its own reason if another key was given, and does not count it as failed", async () => {
    const world = await worldWith({});
    const { raw, own, target, put } = world;
    await put("a", own.key);
    await put("b", null);
    const before = await readObject(raw, "bucket", "a", own.key);
    const { outcomes, summary, runDir } = await run(world, { ssecKeyFile: [target.path] });
    expect(outcomes.get("a")).toMatchObject({
      before: { state: "sse-c" },
      after: null,
      outcome: { kind: "skipped", reason: "sse-c-wrong-key" },
    });
    expect(outcomes.get("b")?.outcome.kind).toBe("migrated");
    expect(summary.total.outcomes.failed.objects).toBe(0);
    expect(await readObject(raw, "bucket", "a", own.key)).toEqual(before);
    expectNoKeyIn(await everythingIn(runDir), own.key, target.key);
  });

  test("opens it with the matching one of several keys", async () => {
    const world = await worldWith({});
    const { raw, own, target, put } = world;
    await put("a", own.key);
    await put("b", target.key);
    const { summary } = await run(world, { ssecKeyFile: [target.path, own.path] });
    expect(summary.total.outcomes.migrated.objects).toBe(2);
    for (const key of ["a", "b"]) expect((await readObject(raw, "bucket", key)).encryption).toBe("AES256");
  });

  test("audits, verifies and migrates it if it is empty and the store checks the range before the key", {
    tags: ["slow"],
  }, async () => {
    const world = await worldWith({ body: Buffer.alloc(0) }, { behaviour: { rangeBeforeCustomerKey: true } });
    const { raw, own, put, sandbox } = world;
    await put("a", own.key);
    const audited = await audit(await world.optionsFor("bucket"));
    expect(audited.summary.total).toMatchObject({ statesNow: { "sse-c": { objects: 1 } }, closes: true });
    const seen = await verifyLive(audited.runDir, { credentials: sandbox.credentials, endpoint: sandbox.endpoint });
    expect(seen.results).toMatchObject({ "needs-key": 1, unread: 0 });
    const { outcomes } = await run(world, { ssecKeyFile: [own.path] });
    expect(outcomes.get("a")?.outcome.kind).toBe("migrated");
    expect(await readObject(raw, "bucket", "a")).toMatchObject({ status: 200, encryption: "AES256" });
  });

  test("plans to copy it in a dry run, and writes nothing", async () => {
    const world = await worldWith({});
    const { raw, own, put } = world;
    await put("a", own.key);
    const before = await readObject(raw, "bucket", "a", own.key);
    const { outcomes } = await run(world, { ssecKeyFile: [own.path], dryRun: true });
    expect(outcomes.get("a")).toMatchObject({
      before: { state: "sse-c" },
      decision: { kind: "copy", reason: "sse-c-to-sse-s3" },
      outcome: { kind: "skipped", reason: "dry-run" },
    });
    expect(await readObject(raw, "bucket", "a", own.key)).toEqual(before);
  });

  test("refuses it with --etag keep", async () => {
    const world = await worldWith({});
    const { own, target, put } = world;
    await put("a", own.key);
    await put("b", null);
    const { outcomes } = await run(world, {
      ssecKeyFile: [own.path],
      to: "sse-c",
      toKeyFile: target.path,
      etag: "keep",
    });
    for (const key of ["a", "b"]) {
      expect(outcomes.get(key)?.outcome).toEqual({ kind: "refused", reason: "etag-cannot-be-kept" });
    }
  });
});

describe("canary for customer keys", () => {
  test("uses the same strategy, and ends the run before other objects if its copy is unreadable", async () => {
    const canaries: string[] = [];
    let copies = 0;
    const intercept: Intercept = ({ operation, key }) => {
      if (operation === "PutObject" && key.includes("canary")) canaries.push(key);
      if (operation === "CopyObject" && key.includes("canary")) copies += 1;
      return undefined;
    };
    const world = await worldWith({}, { behaviour: { sseHeaderOnCopy: "corrupts" }, intercept });
    const { raw, own, put } = world;
    await put("a", own.key);
    const before = await readObject(raw, "bucket", "a", own.key);
    await expect(run(world, { ssecKeyFile: [own.path] })).rejects.toThrow(/canary.*no other object was changed/);
    // It is put once more with its grants.
    expect([new Set(canaries).size, copies]).toEqual([1, 1]);
    expect(await readObject(raw, "bucket", "a", own.key)).toEqual(before);
  });

  test("is copied once as plaintext and once under a customer key", { tags: ["slow"] }, async () => {
    const world = await worldWith({});
    const { own, put } = world;
    await put("a", own.key);
    await put("b", null);
    const { run: written } = await run(world, { ssecKeyFile: [own.path] });
    const detail = written.buckets[0]?.canary?.detail;
    expect(detail).toContain("an object under a customer key was copied onto itself");
    expect(detail).toContain("a plaintext object was ");
  });
});

describe("migrate, if conditions do not work under customer keys (as OVHcloud documents)", () => {
  const profile = { profile: "ovh" } as const;

  test("refuses objects under --race strict, and guards only the source under --race auto", {
    tags: ["slow"],
  }, async () => {
    const world = await worldWith({}, profile);
    const { own, target, put } = world;
    await put("under", own.key);
    await put("plain", null);
    const keys = { ssecKeyFile: [own.path], to: "sse-c", toKeyFile: target.path } as const;
    const strict = await run(world, { ...keys, race: "strict" });
    for (const key of ["under", "plain"]) {
      expect(strict.outcomes.get(key)?.outcome).toEqual({ kind: "refused", reason: "no-destination-condition" });
    }
    const auto = await run(world, keys);
    for (const key of ["under", "plain"]) {
      expect(auto.outcomes.get(key)?.outcome).toMatchObject({ kind: "migrated", guard: "source" });
    }
  });

  test("still guards both ends of a plaintext object that gets SSE-S3", async () => {
    const world = await worldWith({}, profile);
    await world.put("plain", null);
    const { outcomes } = await run(world, { ssecKeyFile: [world.own.path], race: "strict" });
    expect(outcomes.get("plain")?.outcome).toMatchObject({ kind: "migrated", guard: "source-and-destination" });
  });

  test("guards both ends on a store that does support them", async () => {
    const world = await worldWith({});
    const { own, target, put } = world;
    await put("under", own.key);
    const keys = { ssecKeyFile: [own.path], to: "sse-c", toKeyFile: target.path } as const;
    const { outcomes } = await run(world, { ...keys, provider: "aws", race: "strict" });
    expect(outcomes.get("under")?.outcome).toMatchObject({ kind: "migrated", guard: "source-and-destination" });
  });
});

describe("copy with a lost response", () => {
  /** Only for the first copy of the object, not for the canary's. */
  const lostOnce = (): Intercept => {
    let left = 1;
    return ({ operation, key }) => {
      if (operation !== "CopyObject" || key !== "a" || left === 0) return undefined;
      left -= 1;
      return { kind: "reset-after" };
    };
  };

  test.each(CHANGES)("is not repeated and does not fail the object: $title", { tags: ["slow"] }, async (change) => {
    const world = await worldWith({}, { intercept: lostOnce() });
    const { raw, own, target, put } = world;
    await put("a", change.fromKey ? own.key : null);
    const before = await readObject(raw, "bucket", "a", own.key);
    const { outcomes } = await run(world, change.options(world));
    // Under a customer key the ETag is another each time, so that nobody can tell whose write it was.
    const reason = change.after.state === "sse-s3" ? "sse-s3" : "customer-key";
    expect(outcomes.get("a")?.outcome).toEqual({ kind: "already-encrypted", reason });
    const after = await readObject(raw, "bucket", "a", target.key);
    expect(after).toEqual({ ...before, encryption: change.after.shown, etag: after.etag });
  });

  test("is attributed to this run if the ETag is unchanged", async () => {
    const world = await worldWith({}, { behaviour: { etagOfForeignKeys: "md5" }, intercept: lostOnce() });
    const { own, target, put } = world;
    await put("a", own.key);
    const { outcomes } = await run(world, { ssecKeyFile: [own.path], to: "sse-c", toKeyFile: target.path });
    expect(outcomes.get("a")).toMatchObject({
      outcome: { kind: "migrated", strategy: "copy", guard: "source" },
      decision: { reason: "sse-c-to-other-key" },
    });
  });
});

describe("migrate --resume", () => {
  test("reads its keys again from their paths, and refuses another key in the target key file", async () => {
    const world = await worldWith({});
    const { raw, own, target, put } = world;
    await put("a", own.key);
    const stop = new AbortController();
    stop.abort();
    const options = { ssecKeyFile: [own.path], to: "sse-c", toKeyFile: target.path } as const;
    const { runDir } = await run(world, { ...options, signal: stop.signal });
    const { credentials, endpoint } = await world.optionsFor("bucket");
    const other = await newKeyFile(randomBytes(32));
    const refused = migrate({ out: runDir, resume: true, endpoint, credentials, toKeyFile: other.path });
    await expect(refused).rejects.toThrow(/--to-key-file contains another key/);
    expect((await readObject(raw, "bucket", "a", own.key)).encryption).toBe("SSE-C");
    const { summary } = await migrate({ out: runDir, resume: true, endpoint, credentials });
    expect(summary.total.outcomes.migrated.objects).toBe(1);
    expect((await readObject(raw, "bucket", "a", target.key)).status).toBe(200);
    expectNoKeyIn(await everythingIn(runDir), own.key, target.key);
  });
});
