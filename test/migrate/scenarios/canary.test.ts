import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, test } from "vitest";
import { type GivenOptions, migrate, RunError } from "../../../migrate/index.js";
import type { Behaviour, SandboxOptions, SandboxProfile } from "../../../sandbox/index.js";
import { readBucket } from "../../buckets/read-bucket.js";
import { fillBucket, startWorld, type World } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const BUCKET = "mine";

async function send(
  { raw }: Pick<World, "raw">,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
) {
  const answer = await raw.send({ method, path, headers, body: Buffer.from(body) });
  return { ...answer, text: answer.body.toString() };
}

/** Copied in one piece, unless a test asks for another way. */
async function worldWithOneObject(options: SandboxOptions = {}) {
  const started = await startWorld(options);
  const optionsFor: World["optionsFor"] = (bucket, more) => started.optionsFor(bucket, { race: "off", ...more });
  const world = { ...started, optionsFor };
  await send(world, "PUT", `/${BUCKET}`);
  await send(world, "PUT", `/${BUCKET}/real`, { "x-amz-meta-a": "b", "x-amz-tagging": "t=1" }, "plaintext");
  world.sandbox.resetCalls();
  return world;
}

describe("canary", () => {
  it("precedes the first real object, passes on a correct store, and is deleted afterwards", async () => {
    const { sandbox, raw, optionsFor } = await worldWithOneObject();
    const { run, summary } = await migrate(await optionsFor(BUCKET));
    expect(run.buckets[0]?.canary?.result).toBe("passed");
    expect(sandbox.calls).toMatchObject({ PutObject: 2, CopyObject: 2, DeleteObject: 1 });
    expect(summary.total.listed).toBe(1);
    const versions = await send({ raw }, "GET", `/${BUCKET}?versions`);
    expect(versions.text).not.toContain("canary");
  });

  it("is not written if nothing has to be copied", async () => {
    const { sandbox, optionsFor } = await worldWithOneObject();
    await migrate(await optionsFor(BUCKET));
    sandbox.resetCalls();
    const { run } = await migrate(await optionsFor(BUCKET));
    expect(run.buckets[0]?.canary).toBeUndefined();
    expect(sandbox.calls).not.toHaveProperty("PutObject");
    expect(sandbox.calls).not.toHaveProperty("CopyObject");
  });

  it("leaves no version behind in a versioned bucket", async () => {
    const { raw, optionsFor } = await worldWithOneObject();
    const enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    await send({ raw }, "PUT", `/${BUCKET}?versioning`, {}, enabled);
    await migrate(await optionsFor(BUCKET));
    const versions = await send({ raw }, "GET", `/${BUCKET}?versions`);
    expect(versions.text).toContain("<Key>real</Key>");
    expect(versions.text).not.toContain("canary");
  });

  it.each([["corruptor", "could not be read"]] as const)(
    "ends the run on a store of profile %s before a real object is touched",
    async (profile, words) => {
      const { sandbox, raw, optionsFor } = await worldWithOneObject({ profile });
      const end = migrate(await optionsFor(BUCKET));
      await expect(end).rejects.toThrow(RunError);
      await expect(end).rejects.toThrow(words);
      expect(sandbox.calls.CopyObject).toBe(1);
      const real = await send({ raw }, "GET", `/${BUCKET}/real`);
      expect(real.text).toBe("plaintext");
      expect(real.headers["x-amz-meta-a"]).toBe("b");
      expect(real.headers["x-amz-server-side-encryption"]).toBeUndefined();
    },
  );

  it("reports how many objects were copied before, if it fails for a later strategy", { tags: ["slow"] }, async () => {
    const refusing = { kind: "error", status: 403, code: "AccessDenied" } as const;
    const world = await worldWithOneObject({
      intercept: ({ operation }) => (operation === "UploadPartCopy" ? refusing : undefined),
    });
    await send(world, "PUT", `/${BUCKET}/z-large`, {}, "p".repeat(20_000));
    const options = await world.optionsFor(BUCKET, { copyCutoff: 10_000, rewriteBelow: 0, concurrency: 1 });
    const error = await migrate(options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "RunError", because: "canary" });
    expect((error as Error).message).toMatch(
      /could not be copied: .*AccessDenied.*; other objects had already been changed \(1 copied\); the journal lists them$/,
    );
    const encryption = async (key: string) =>
      (await send(world, "HEAD", `/${BUCKET}/${key}`)).headers["x-amz-server-side-encryption"];
    expect([await encryption("real"), await encryption("z-large")]).toEqual(["AES256", undefined]);
    const resumed = await migrate({ ...options, resume: true }).catch((thrown: unknown) => thrown);
    expect((resumed as Error).message).toMatch(
      /this session changed no other object; the journal lists what earlier sessions changed$/,
    );
  });

  it("counts multipart copies that were in flight when it failed and then completed", { tags: ["slow"] }, async () => {
    let wasRefused = () => {};
    let wasBegun = () => {};
    const refused = new Promise<void>((resolve) => (wasRefused = resolve));
    const begun = new Promise<void>((resolve) => (wasBegun = resolve));
    const world = await worldWithOneObject({
      intercept: async ({ operation, key = "" }) => {
        if (operation === "UploadPartCopy" && key === "a-large") {
          wasBegun();
          await refused;
          await sleep(200);
        }
        if (operation !== "CopyObject") return undefined;
        await begun;
        setTimeout(wasRefused, 50);
        return { kind: "error", status: 403, code: "AccessDenied" };
      },
    });
    await send(world, "PUT", `/${BUCKET}/a-large`, {}, "p".repeat(20_000));
    const options = await world.optionsFor(BUCKET, { copyCutoff: 10_000, rewriteBelow: 0, race: "off" });
    await expect(migrate(options)).rejects.toThrow(
      /AccessDenied.*; other objects had already been changed \(1 copied in parts\); the journal lists them$/,
    );
    expect((await send(world, "HEAD", `/${BUCKET}/a-large`)).headers["x-amz-server-side-encryption"]).toBe("AES256");
  });

  it.each([
    { profile: "liar" },
    { profile: "forgetful" },
    { behaviour: { metadataAfterCopy: "dropped" } },
    { behaviour: { tagsAfterCopy: "dropped" } },
  ] as const)(
    "leads to a strategy that encrypts and loses nothing on a store with %j",
    { tags: ["slow"] },
    async (options) => {
      const { raw, optionsFor } = await worldWithOneObject(options);
      const { verdict } = await migrate(await optionsFor(BUCKET));
      const { headers } = await send({ raw }, "HEAD", `/${BUCKET}/real`);
      expect(headers).toMatchObject({ "x-amz-server-side-encryption": "AES256", "x-amz-meta-a": "b" });
      // A store that ignores tags given with PUT has none to lose.
      if (!("profile" in options && options.profile === "forgetful")) expect(headers["x-amz-tagging-count"]).toBe("1");
      // The bucket has no default; none of its objects differs.
      expect(verdict.kind).toBe("no-default");
    },
  );

  it("ends the run and names the call if PutObject is denied; without it each object fails", async () => {
    const credentials = [{ accessKeyId: "READER", secretAccessKey: "reader-secret" }];
    const admin = { accessKeyId: "ADMIN", secretAccessKey: "admin-secret" };
    const denied = { accessKeyId: "READER", secretAccessKey: "reader-secret", deny: ["s3:PutObject"] };
    const world = await worldWithOneObject({ credentials: [admin, denied] });
    const options = { credentials: credentials[0], provider: "ovhcloud" as const };
    await expect(migrate(await world.optionsFor(BUCKET, options))).rejects.toThrow(
      /could not be uploaded: putObject: AccessDenied/,
    );
    const { summary } = await migrate(await world.optionsFor(BUCKET, { ...options, canary: false }));
    expect(summary.total.outcomes.failed.objects).toBe(1);
  });

  it("is left out if the bucket would lock it", async () => {
    const world = await startWorld();
    await send(world, "PUT", `/${BUCKET}`, { "x-amz-bucket-object-lock-enabled": "true" });
    const locked = {
      "x-amz-object-lock-mode": "GOVERNANCE",
      "x-amz-object-lock-retain-until-date": new Date(Date.now() + 3_600_000).toISOString(),
      "content-md5": createHash("md5").update("plaintext").digest("base64"),
    };
    await send(world, "PUT", `/${BUCKET}/real`, locked, "plaintext");
    const rule = "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule>";
    const body = `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`;
    await send(world, "PUT", `/${BUCKET}?object-lock`, {}, body);
    world.sandbox.resetCalls();
    const { run } = await migrate(await world.optionsFor(BUCKET, { race: "off" }));
    expect(run.buckets[0]?.canary?.result).toBe("left-out");
    expect(world.sandbox.calls).not.toHaveProperty("PutObject");
    expect((await send(world, "HEAD", `/${BUCKET}/real`)).headers["x-amz-server-side-encryption"]).toBe("AES256");
  });

  it("reports its location if it could not be deleted", async () => {
    const { optionsFor } = await worldWithOneObject({
      intercept: ({ operation }) =>
        operation === "DeleteObject" ? { kind: "error", code: "AccessDenied", status: 403 } : undefined,
    });
    const { run } = await migrate(await optionsFor(BUCKET));
    const left = /s3:\/\/mine\/\.bucketseal-canary-\S+ could not be deleted/;
    expect(run.buckets[0]?.warnings).toContainEqual(expect.stringMatching(left));
    expect(run.buckets[0]?.canary?.detail).not.toMatch(left);
  });

  it("reports that versions may be left if they cannot be listed, and deletes the known one", {
    tags: ["slow"],
  }, async () => {
    let listingDenied = true;
    const world = await worldWithOneObject({
      intercept: ({ operation }) =>
        operation === "ListObjectVersions" && listingDenied
          ? { kind: "error", code: "AccessDenied", status: 403 }
          : undefined,
    });
    const enabled = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    await send(world, "PUT", `/${BUCKET}?versioning`, {}, enabled);
    const { run } = await migrate(await world.optionsFor(BUCKET));
    expect(run.buckets[0]?.warnings.join()).toContain("may be left: they could not be listed");
    listingDenied = false;
    const { text } = await send(world, "GET", `/${BUCKET}?versions`);
    // The copy, and the marker of its deletion; what was put in plaintext is gone.
    expect(text.match(/<Key>\.bucketseal-canary-/g)).toHaveLength(2);
    expect(text).toContain("<DeleteMarker>");
  });
});

const LADEN = {
  "content-encoding": "gzip",
  "content-disposition": "attachment",
  "x-amz-meta-a": "b",
  "x-amz-tagging": "t=1",
};

/** Two objects that have content headers, and one that has none. */
async function lossyWorld(options: SandboxOptions, more: Partial<GivenOptions> = {}) {
  const world = await startWorld(options);
  const send = async (method: string, path: string, headers = {}, body = "") =>
    world.raw.send({ method, path, headers, body: Buffer.from(body) });
  await send("PUT", `/${BUCKET}`);
  await send("PUT", `/${BUCKET}/a-laden`, LADEN, "one");
  await send("PUT", `/${BUCKET}/b-laden`, LADEN, "two");
  await send("PUT", `/${BUCKET}/plain`, {}, "three");
  const given = await world.optionsFor(BUCKET, { race: "off", concurrency: 1, rewriteBelow: 0, ...more });
  const seen = async (key: string) => {
    const { headers } = await send("HEAD", `/${BUCKET}/${key}`);
    const names = ["content-encoding", "content-disposition", "x-amz-meta-a", "x-amz-tagging-count"];
    return [headers["x-amz-server-side-encryption"], ...names.map((name) => headers[name])];
  };
  const ways = async () =>
    Object.fromEntries(
      [...(await outcomesOf(given.out ?? "")).values()].map(({ key, outcome }) => [
        key,
        outcome.kind === "migrated" ? outcome.strategy : outcome.kind,
      ]),
    );
  return { given, seen, ways, listing: async () => (await send("GET", `/${BUCKET}?versions`)).body.toString() };
}

const WHOLE = ["AES256", "gzip", "attachment", "b", "1"];
const LOSSY_PARTS = { forgottenBy: { upload: ["content-encoding", "content-disposition"] } } as const;
/** Copies in one piece are not to be had, so that parts come first. */
const PARTS_FIRST = {
  selfCopyChangingSse: "refused",
  forgottenBy: { copy: ["x-amz-server-side-encryption"] },
} as const;

describe("copy strategy that loses properties of the canary", () => {
  it("is skipped for objects that have them, and used for objects that do not", { tags: ["slow"] }, async () => {
    const forgottenBy = { ...PARTS_FIRST.forgottenBy, ...LOSSY_PARTS.forgottenBy };
    const behaviour = { ...PARTS_FIRST, forgottenBy, defaultEncryptionOnCopy: false };
    const { given, seen, ways, listing } = await lossyWorld({ behaviour });
    const { verdict, run } = await migrate(given);
    expect(await ways()).toEqual({ "a-laden": "rewrite", "b-laden": "rewrite", plain: "copy-multipart" });
    expect(await seen("a-laden")).toEqual(WHOLE);
    expect(await seen("b-laden")).toEqual(WHOLE);
    expect(verdict.kind).toBe("no-default");
    expect(run.buckets[0]?.ways).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ way: "copy-replacing", lost: ["encryption"] }),
        expect.objectContaining({ way: "copy-multipart", lost: ["content-encoding", "content-disposition"] }),
      ]),
    );
    expect(await listing()).not.toContain("canary");
  });

  it("is avoided after the probe", { tags: ["slow"] }, async () => {
    const forgottenBy = { ...PARTS_FIRST.forgottenBy, ...LOSSY_PARTS.forgottenBy };
    const behaviour = { ...PARTS_FIRST, forgottenBy, defaultEncryptionOnCopy: false };
    const { given, seen, ways } = await lossyWorld({ behaviour }, { assume: undefined });
    await migrate(given);
    expect(await ways()).toEqual({ "a-laden": "rewrite", "b-laden": "rewrite", plain: "copy-multipart" });
    expect(await seen("a-laden")).toEqual(WHOLE);
  });

  it("is used if only tags are lost, since they are put afterwards", { tags: ["slow"] }, async () => {
    const behaviour = { forgottenBy: { upload: ["x-amz-tagging"] }, ...{ copyConditions: "ignored" as const } };
    const { given, seen, ways } = await lossyWorld({ behaviour }, { copyCutoff: 1 });
    await migrate(given);
    expect(await ways()).toEqual({ "a-laden": "copy-multipart", "b-laden": "copy-multipart", plain: "copy-multipart" });
    expect(await seen("a-laden")).toEqual(WHOLE);
  });

  it("ends the run before a real object is touched if no strategy encrypts", async () => {
    const sse = ["x-amz-server-side-encryption"];
    const behaviour = { forgottenBy: { put: sse, copy: sse, upload: sse }, defaultEncryptionOnCopy: false };
    const { given, seen } = await lossyWorld({ behaviour });
    await expect(migrate(given)).rejects.toMatchObject({
      because: "canary",
      message: expect.stringMatching(/HEAD shows none after the copy.*no other object was changed/),
    });
    expect(await seen("a-laden")).toEqual([undefined, "gzip", "attachment", "b", "1"]);
  });
});

describe("copy strategy that loses properties of a real object", () => {
  it("is not used for later objects, and the verdict is not sealed", async () => {
    const behaviour = LOSSY_PARTS;
    const { given, seen, ways } = await lossyWorld({ behaviour }, { canary: false, copyCutoff: 1 });
    const { verdict, run } = await migrate(given);
    expect(await ways()).toEqual({ "a-laden": "failed", "b-laden": "rewrite", plain: "rewrite" });
    expect(await seen("b-laden")).toEqual(WHOLE);
    expect(verdict.kind).toBe("differs");
    expect(run.buckets[0]?.warnings).toContain(
      "copy-multipart is no longer used: a copy differed or was not encrypted",
    );
  });
});

describe("store like Ceph RGW 18", () => {
  it.each([
    ["after a probe", { assume: undefined }],
    ["without one", {}],
  ] as const)("encrypts objects by multipart copy and keeps everything, %s", { tags: ["slow"] }, async (_, more) => {
    const { given, seen, ways } = await lossyWorld({ profile: "ceph-18" }, { provider: "ceph-rgw", ...more });
    const { verdict } = await migrate(given);
    expect(await ways()).toEqual({ "a-laden": "copy-multipart", "b-laden": "copy-multipart", plain: "copy-multipart" });
    expect(await seen("a-laden")).toEqual(WHOLE);
    expect(verdict.kind).toBe("no-default");
  });
});

const OBJECTS = 60;

async function bucketOn(profile: SandboxProfile, behaviour: Partial<Behaviour> = {}) {
  const world = await startWorld({ profile, behaviour });
  const objects = Array.from({ length: OBJECTS }, (_, n) => ({ key: `k${n}`, body: Buffer.from(`body ${n}`) }));
  await fillBucket(world.raw, "bucket", objects);
  return { ...world, state: () => readBucket(world.raw, "bucket") };
}

const SSE = ["x-amz-server-side-encryption"];
/** Answers 200 to every way of writing, and never encrypts. */
const NEVER_ENCRYPTS = { forgottenBy: { put: SSE, copy: SSE, upload: SSE } };

test.each([
  ["liar", NEVER_ENCRYPTS],
  ["corruptor", {}],
] as const)(
  "the canary detects that a store is a %s before any object changes",
  { tags: ["slow"] },
  async (profile, behaviour) => {
    const { optionsFor, state } = await bucketOn(profile, behaviour);
    const before = await state();
    await expect(migrate(await optionsFor("bucket", { race: "off" }))).rejects.toThrow(/canary/);
    expect(await state()).toEqual(before);
  },
);

test("a store that never encrypts stops each strategy after its first object, without a canary", {
  tags: ["slow"],
}, async () => {
  const { optionsFor } = await bucketOn("liar", NEVER_ENCRYPTS);
  const options = await optionsFor("bucket", { canary: false, race: "off", concurrency: 1 });
  const { verdict } = await migrate(options);
  const outcomes = [...(await outcomesOf(options.out ?? "")).values()].map(({ outcome }) => outcome);
  const ofKind = (kind: string) => outcomes.filter((outcome) => outcome.kind === kind);
  expect([ofKind("failed").length, ofKind("refused").length]).toEqual([4, OBJECTS - 4]);
  expect(outcomes).toContainEqual({ kind: "refused", reason: "no-way-left" });
  expect(verdict.kind).toBe("unencrypted-remain");
});

test("a correct store keeps nothing of the canary", { tags: ["slow"] }, async () => {
  const { optionsFor, state } = await bucketOn("ovh");
  const { run } = await migrate(await optionsFor("bucket"));
  expect(run.buckets[0]?.canary).toMatchObject({ result: "passed" });
  expect((await state()).size).toBe(OBJECTS);
});
