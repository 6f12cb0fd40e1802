import { describe, expect, test } from "vitest";
import { type MigrateOptions, migrate } from "../../../migrate/index.js";
import type { Behaviour } from "../../../sandbox/index.js";
import { createBucket, pathOf, putObject, type RawS3, rawS3, sendOk } from "../../buckets/raw-s3.js";
import { readBucket } from "../../buckets/read-bucket.js";
import { startWorld } from "../../buckets/start-world.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";
import { setVersioning } from "../fixtures/versioned-world.js";

/** Migrates, and has a policy that lets it; every other user has what the lists of objects grant. */
const BOB = { accessKeyId: "BOB", secretAccessKey: "bobs-secret", ownerId: "bob", allow: ["s3:*"] };
const ALICE = { accessKeyId: "ALICE", secretAccessKey: "alices-secret", ownerId: "alice" };
const CAROL = { accessKeyId: "CAROL", secretAccessKey: "carols-secret", ownerId: "carol" };

const CAROL_READS = { "x-amz-grant-read": 'id="carol"', "x-amz-grant-full-control": 'id="alice"' };
const PLAIN_COPIES_ALONE = { uploadPartCopy: "not-implemented", putConditions: "ignored" } as const;
const NOBODY_ASKED = { assume: "documented", canary: false } as const;

/** Objects of Alice and of Bob, in a bucket whose access control lists are in effect. */
async function sharedBucket(behaviour: Partial<Behaviour> = {}) {
  const credentials = [BOB, ALICE, CAROL];
  const world = await startWorld({
    profile: "reference",
    credentials,
    behaviour: { ...behaviour, objectAclDecides: true },
  });
  const as = (user: typeof ALICE): RawS3 => rawS3({ ...world.sandbox, credentials: user });
  const [alice, carol] = [as(ALICE), as(CAROL)];
  await createBucket(world.raw, "bucket");
  await putObject(alice, "bucket", { key: "alices", body: Buffer.from("of alice") });
  await putObject(alice, "bucket", { key: "shared", body: Buffer.from("for carol"), headers: CAROL_READS });
  await putObject(world.raw, "bucket", { key: "bobs", body: Buffer.from("of bob") });
  const migrated = async (more: Partial<MigrateOptions> = {}) => {
    const { runDir, run } = await migrate(
      await world.optionsFor("bucket", { assume: undefined, race: "off", ...more }),
    );
    const outcomes = await outcomesOf(runDir);
    const notesOf = (key: string) => outcomes.get(key)?.notes.join("; ") ?? "";
    return {
      outcomeOf: (key: string) => outcomes.get(key)?.outcome,
      notesOf,
      warnings: run.buckets[0]?.warnings ?? [],
    };
  };
  return { ...world, alice, carol, migrated, bucket: () => readBucket(world.raw, "bucket") };
}

async function reads(raw: RawS3, key: string, query = ""): Promise<number | string> {
  const { status, body } = await raw.send({ path: pathOf("bucket", key, query) });
  return status === 200 ? body.toString() : status;
}

const WAYS: readonly (readonly [string, Partial<Behaviour>, Partial<MigrateOptions>])[] = [
  ["copy", {}, {}],
  ["copy", {}, { assume: "documented" }],
  ["copy-replacing", { selfCopyChangingSse: "refused" }, {}],
  ["copy-multipart", {}, { copyCutoff: 1, rewriteBelow: 0 }],
  ["copy-multipart", { aclSentWithCopy: "ignored" }, { rewriteBelow: 0 }],
  ["rewrite", { copyConditions: "ignored" }, { race: "auto" }],
];

describe("objects of another owner", () => {
  test.each(WAYS)(
    "stay readable for the owner and grantees, and open only to the new owner: %s (%o, %o)",
    { tags: ["slow"] },
    async (...way) => {
      const [strategy, behaviour, options] = way;
      const { raw, alice, carol, migrated, bucket } = await sharedBucket(behaviour);
      const before = await bucket();
      const { outcomeOf, notesOf, warnings } = await migrated(options);
      const after = await bucket();
      for (const key of ["alices", "shared", "bobs"]) {
        expect(outcomeOf(key)).toMatchObject({ kind: "migrated" });
        expect(after.get(key)).toMatchObject({ encryption: "AES256", bodySha256: before.get(key)?.bodySha256 });
      }
      for (const key of ["alices", "shared"]) expect(outcomeOf(key)).toMatchObject({ strategy });
      expect([await reads(alice, "alices"), await reads(carol, "shared")]).toEqual(["of alice", "for carol"]);
      expect([await reads(carol, "alices"), await reads(alice, "bobs"), await reads(raw, "alices")]).toEqual([
        403,
        403,
        "of alice",
      ]);
      expect(after.get("alices")?.grants).toEqual(["alice FULL_CONTROL", "bob FULL_CONTROL"]);
      expect(after.get("shared")?.grants).toEqual(["alice FULL_CONTROL", "bob FULL_CONTROL", "carol READ"]);
      expect(after.get("bobs")?.grants).toEqual(["bob FULL_CONTROL"]);
      expect(notesOf("alices")).toContain(
        "its owner changed from alice to bob, and the previous owner keeps FULL_CONTROL by a grant",
      );
      expect(notesOf("bobs")).not.toMatch(/the owner of copies|its owner/);
      expect(warnings.join("; ")).not.toContain("the owner of copies");
    },
  );

  test("become unreadable for the owner if a copy sends no grants", async () => {
    const { raw, alice } = await sharedBucket();
    expect(await reads(alice, "alices")).toBe("of alice");
    const headers = { "x-amz-copy-source": "bucket/alices", "x-amz-server-side-encryption": "AES256" };
    await sendOk(raw, { method: "PUT", path: pathOf("bucket", "alices"), headers });
    expect(await reads(alice, "alices")).toBe(403);
  });

  test("cost only the ACL requests before and after the copy", async () => {
    const { sandbox, migrated } = await sharedBucket();
    sandbox.resetCalls();
    await migrated({ assume: "documented", concurrency: 1 });
    // Three objects before, the two of Alice's after, and the canary: as it is put without and with grants, twice before its copy, and after it.
    const all = 3 + 2 + 5;
    // The run looks at the first object again if its canary took long.
    expect([all, all + 1]).toContain(sandbox.calls.GetObjectAcl);
  });

  test("cause a warning if the owner of copies is unknown, and may become unreadable for the owner", async () => {
    const { alice, migrated } = await sharedBucket();
    const { outcomeOf, notesOf, warnings } = await migrated(NOBODY_ASKED);
    expect(outcomeOf("alices")).toMatchObject({ kind: "migrated" });
    expect(warnings.filter((words) => words.startsWith("the owner of copies is not known"))).toHaveLength(1);
    expect(notesOf("alices")).toBe("");
    expect(await reads(alice, "alices")).toBe(403);
  });

  test("cause no warning if the store has no ACLs", async () => {
    const { migrated } = await sharedBucket({ objectAcl: "unsupported" });
    const { warnings, notesOf } = await migrated({ ...NOBODY_ASKED, provider: "minio" });
    expect(warnings.join("; ") + notesOf("alices")).not.toMatch(/the owner of copies|its owner/);
  });
});

describe("store that drops grants sent with a copy", () => {
  const behaviour = { ...PLAIN_COPIES_ALONE, aclSentWithCopy: "ignored" } as const;

  test("causes objects of other owners to be refused, so that the owner can still read them", async () => {
    const { alice, migrated, bucket } = await sharedBucket(behaviour);
    const before = await bucket();
    const { outcomeOf } = await migrated({ race: "auto" });
    expect(outcomeOf("alices")).toEqual({ kind: "refused", reason: "owner-would-lose-access" });
    expect(outcomeOf("shared")).toEqual({ kind: "refused", reason: "owner-would-lose-access" });
    expect(outcomeOf("bobs")).toMatchObject({ kind: "migrated" });
    expect((await bucket()).get("alices")).toEqual(before.get("alices"));
    expect(await reads(alice, "alices")).toBe("of alice");
  });

  test("makes such objects unreadable for the owner if that loss was accepted, and notes it", {
    tags: ["slow"],
  }, async () => {
    const { alice, migrated } = await sharedBucket(behaviour);
    const { outcomeOf, notesOf } = await migrated({ acceptLoss: ["acl"], race: "auto" });
    expect(outcomeOf("alices")).toMatchObject({ kind: "migrated", strategy: "copy" });
    expect(await reads(alice, "alices")).toBe(403);
    expect(notesOf("alices")).toContain(
      "its previous owner and everyone else with a grant lost access, as --accept-loss allows",
    );
    expect(notesOf("alices")).toContain(
      "its owner changed from alice to bob, and the previous owner no longer has a grant",
    );
  });
});

test("replayed versions stay readable for the previous owner", { tags: ["slow"] }, async () => {
  const { raw, alice, migrated } = await sharedBucket();
  await setVersioning(raw, "bucket", "Enabled");
  for (const body of ["first", "second"]) await putObject(alice, "bucket", { key: "history", body: Buffer.from(body) });
  await putObject(raw, "bucket", { key: "history", body: Buffer.from("third") });
  const { outcomeOf } = await migrated({ versions: "replay", yes: true });
  expect(outcomeOf("history")).toMatchObject({ kind: "migrated" });
  const listed = (await sendOk(raw, { path: "/bucket?versions&prefix=history" })).body.toString();
  const ids = [...listed.matchAll(/<VersionId>([^<]*)</g)].map(([, id]) => id ?? "");
  const ofAlice = await Promise.all(ids.map((id) => reads(alice, "history", `?versionId=${id}`)));
  expect(ofAlice).toEqual([403, "second", "first"]);
  for (const id of ids) {
    const { headers } = await sendOk(raw, { path: pathOf("bucket", "history", `?versionId=${id}`) });
    expect(headers["x-amz-server-side-encryption"]).toBe("AES256");
  }
});
