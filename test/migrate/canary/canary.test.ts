import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { migrate, RunError } from "../../../migrate/index.js";
import type { SandboxOptions } from "../../../sandbox/index.js";
import { startWorld, type World } from "../../buckets/start-world.js";

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

  it("reports how many objects were copied before, if it fails for a later strategy", async () => {
    const refusing = { kind: "error", status: 403, code: "AccessDenied" } as const;
    const world = await worldWithOneObject({
      intercept: ({ operation }) => (operation === "UploadPartCopy" ? refusing : undefined),
    });
    await send(world, "PUT", `/${BUCKET}/z-large`, {}, "p".repeat(20_000));
    const options = await world.optionsFor(BUCKET, { copyCutoff: 10_000, rewriteBelow: 0, concurrency: 1 });
    const error = await migrate(options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "RunError", because: "canary" });
    expect((error as Error).message).toMatch(
      /could not be copied: .*AccessDenied.*; other objects had been touched before \(1 copied\), and the journal names them$/,
    );
    const encryption = async (key: string) =>
      (await send(world, "HEAD", `/${BUCKET}/${key}`)).headers["x-amz-server-side-encryption"];
    expect([await encryption("real"), await encryption("z-large")]).toEqual(["AES256", undefined]);
    const resumed = await migrate({ ...options, resume: true }).catch((thrown: unknown) => thrown);
    expect((resumed as Error).message).toMatch(
      /this session touched no other object; what earlier ones touched, the journal names$/,
    );
  });

  it("counts multipart copies that were in flight when it failed and then completed", async () => {
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
      /AccessDenied.*; other objects had been touched before \(1 copied in parts\), and the journal names them$/,
    );
    expect((await send(world, "HEAD", `/${BUCKET}/a-large`)).headers["x-amz-server-side-encryption"]).toBe("AES256");
  });

  it.each([
    { profile: "liar" },
    { profile: "forgetful" },
    { behaviour: { metadataAfterCopy: "dropped" } },
    { behaviour: { tagsAfterCopy: "dropped" } },
  ] as const)("leads to a strategy that encrypts and loses nothing on a store with %j", async (options) => {
    const { raw, optionsFor } = await worldWithOneObject(options);
    const { verdict } = await migrate(await optionsFor(BUCKET));
    const { headers } = await send({ raw }, "HEAD", `/${BUCKET}/real`);
    expect(headers).toMatchObject({ "x-amz-server-side-encryption": "AES256", "x-amz-meta-a": "b" });
    // A store that ignores tags given with PUT has none to lose.
    if (!("profile" in options && options.profile === "forgetful")) expect(headers["x-amz-tagging-count"]).toBe("1");
    // The bucket has no default; none of its objects differs.
    expect(verdict.kind).toBe("no-default");
  });

  it("ends the run and names the call if PutObject is denied; without it each object fails", async () => {
    const credentials = [{ accessKeyId: "READER", secretAccessKey: "reader-secret" }];
    const admin = { accessKeyId: "ADMIN", secretAccessKey: "admin-secret" };
    const denied = { accessKeyId: "READER", secretAccessKey: "reader-secret", deny: ["s3:PutObject"] };
    const world = await worldWithOneObject({ credentials: [admin, denied] });
    const options = { credentials: credentials[0], provider: "ovhcloud" as const };
    await expect(migrate(await world.optionsFor(BUCKET, options))).rejects.toThrow(
      /could not be put: putObject: AccessDenied/,
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
    expect(run.buckets[0]?.canary?.detail).toMatch(/s3:\/\/mine\/\.bucketseal-canary-\S+ could not be deleted/);
  });

  it("reports that versions may be left if they cannot be listed, and deletes the known one", async () => {
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
    expect(run.buckets[0]?.canary?.detail).toContain("may be left: they could not be listed");
    listingDenied = false;
    const { text } = await send(world, "GET", `/${BUCKET}?versions`);
    // The copy, and the marker of its deletion; what was put in plaintext is gone.
    expect(text.match(/<Key>\.bucketseal-canary-/g)).toHaveLength(2);
    expect(text).toContain("<DeleteMarker>");
  });
});
