import { describe, expect, it } from "vitest";
import { type GivenOptions, migrate } from "../../../migrate/index.js";
import type { SandboxOptions } from "../../../sandbox/index.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";

const BUCKET = "mine";
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
  it("is skipped for objects that have them, and used for objects that do not", async () => {
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

  it("is avoided after the probe", async () => {
    const forgottenBy = { ...PARTS_FIRST.forgottenBy, ...LOSSY_PARTS.forgottenBy };
    const behaviour = { ...PARTS_FIRST, forgottenBy, defaultEncryptionOnCopy: false };
    const { given, seen, ways } = await lossyWorld({ behaviour }, { assume: undefined });
    await migrate(given);
    expect(await ways()).toEqual({ "a-laden": "rewrite", "b-laden": "rewrite", plain: "copy-multipart" });
    expect(await seen("a-laden")).toEqual(WHOLE);
  });

  it("is used if only tags are lost, since they are put afterwards", async () => {
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
      message: expect.stringMatching(/HEAD shows none after the copy.*no other object was touched/),
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
      "no object is copied by copy-multipart any more: one differed after it, or was not encrypted",
    );
  });
});

describe("store like Ceph RGW 18", () => {
  it.each([
    ["after a probe", { assume: undefined }],
    ["without one", {}],
  ] as const)("encrypts objects by multipart copy and keeps everything, %s", async (_, more) => {
    const { given, seen, ways } = await lossyWorld({ profile: "ceph-18" }, { provider: "ceph-rgw", ...more });
    const { verdict } = await migrate(given);
    expect(await ways()).toEqual({ "a-laden": "copy-multipart", "b-laden": "copy-multipart", plain: "copy-multipart" });
    expect(await seen("a-laden")).toEqual(WHOLE);
    expect(verdict.kind).toBe("no-default");
  });
});
