import { describe, expect, test } from "vitest";
import type { Capabilities } from "../../../migrate/model/capabilities.js";
import type { Loss } from "../../../migrate/model/object.js";
import { SSE_S3 } from "../../../migrate/model/target-sse.js";
import { carriedGrants, inspectCarried } from "../../../migrate/object/carried.js";
import { carriedDifference, putLostLock } from "../../../migrate/object/read-back.js";
import type { Grant } from "../../../migrate/store/answers.js";
import { capabilities, carried, facts, policy } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

describe("carried properties after a copy", () => {
  const OWNER: Grant = { permission: "FULL_CONTROL", grantee: { kind: "id", value: "me" } };
  const EVERYONE: Grant = { permission: "READ", grantee: { kind: "uri", value: "everyone" } };
  const TAGS = [
    { key: "a", value: "1" },
    { key: "b", value: "2" },
  ];
  const differenceOf = async (...given: Parameters<typeof carriedDifference>) =>
    (await carriedDifference(...given)).difference;
  const withGrants = (grants: readonly Grant[]) => fakeStore({ getObjectAcl: async () => ({ ownerId: "me", grants }) });

  describe("carriedDifference", () => {
    test("sends no request for an object without grants or uncounted tags", async () => {
      expect(await differenceOf(fakeStore({}), facts(), carried())).toBeNull();
      expect(await differenceOf(fakeStore({}), facts({ tagCount: 2 }), carried({ tags: TAGS }))).toBeNull();
    });

    test("ignores the order of grants", async () => {
      const given = carried({ grants: [OWNER, EVERYONE] });
      expect(await differenceOf(withGrants([EVERYONE, OWNER]), facts(), given)).toBeNull();
    });

    test("reports a lost or added grant", async () => {
      const given = carried({ grants: [OWNER, EVERYONE] });
      expect(await differenceOf(withGrants([OWNER]), facts(), given)).toMatch(/access control list/);
      const more: Grant = { permission: "READ", grantee: { kind: "id", value: "other" } };
      expect(await differenceOf(withGrants([OWNER, EVERYONE, more]), facts(), given)).toMatch(/access control list/);
    });

    test("compares the tags themselves if HEAD does not count them", async () => {
      const store = (tags: typeof TAGS) => fakeStore({ getObjectTagging: async () => tags });
      const given = carried({ tags: TAGS });
      expect(await differenceOf(store(TAGS.toReversed()), facts(), given)).toBeNull();
      expect(await differenceOf(store([]), facts(), given)).toMatch(/^tags/);
    });

    test("notes a lost WRITE grant, which is no difference", async () => {
      const writer: Grant = { permission: "WRITE", grantee: { kind: "id", value: "other" } };
      const given = carried({ grants: [OWNER, writer] });
      expect(await carriedDifference(withGrants([OWNER]), facts(), given)).toEqual({
        difference: null,
        notes: ["its grant of WRITE to id other was lost: no header can carry it"],
      });
      expect(await carriedDifference(withGrants([OWNER, writer]), facts(), given)).toEqual({
        difference: null,
        notes: [],
      });
    });
  });
});

const ONE_PIECE = "copy";
const IN_PARTS = "copy-multipart";
const OWNERS = {
  ownerId: "me",
  grants: [{ permission: "FULL_CONTROL", grantee: { kind: "id", value: "me" } }],
} as const;
const SHARED = {
  ownerId: "me",
  grants: [...OWNERS.grants, { permission: "READ", grantee: { kind: "uri", value: "everyone" } }],
} as const;
const TAGS = [{ key: "a", value: "b" }];

/** Refusing what cannot be read, unless a test accepts its loss. */
function how(can: Partial<Capabilities> = {}, acceptLoss: readonly Loss[] = []) {
  return {
    capabilities: capabilities(can),
    policy: policy({ acceptLoss }),
  };
}

describe("inspectCarried", () => {
  test("returns no grants if the ACL grants only the owner", async () => {
    const store = fakeStore({ getObjectAcl: async () => OWNERS });
    const found = await inspectCarried(store, facts(), ONE_PIECE, how());
    expect(found).toEqual({ kind: "found", carried: { grants: null, tags: [], losses: [] } });
  });

  test("returns every grant if there is another one", async () => {
    const store = fakeStore({ getObjectAcl: async () => SHARED });
    const found = await inspectCarried(store, facts(), ONE_PIECE, how());
    expect(found).toMatchObject({ carried: { grants: SHARED.grants } });
  });

  test("returns the tags for a multipart copy, even if HEAD counts none", async () => {
    const store = fakeStore({ getObjectAcl: async () => OWNERS, getObjectTagging: async () => TAGS });
    expect(await inspectCarried(store, facts(), IN_PARTS, how())).toMatchObject({ carried: { tags: TAGS } });
  });

  test("sends no request if the store supports neither ACLs nor tags", async () => {
    const can = { objectAcl: false, objectTagging: false };
    const found = await inspectCarried(fakeStore({}), facts(), IN_PARTS, how(can));
    expect(found).toEqual({ kind: "found", carried: { grants: null, tags: [], losses: [] } });
  });

  test.each([
    ["not-implemented", 501, "NotImplemented"],
    ["not-found", 404, "NoSuchTagSet"],
  ] as const)("returns no tags if the store answers %s (%d %s)", async (kind, status, code) => {
    const store = fakeStore({
      getObjectAcl: () => Promise.reject(storeError("not-implemented")),
      getObjectTagging: () => Promise.reject(storeError(kind, { status, code })),
    });
    const found = await inspectCarried(store, facts(), IN_PARTS, how());
    expect(found).toEqual({ kind: "found", carried: { grants: null, tags: [], losses: [] } });
  });

  test("refuses the object if the ACL or the tags cannot be read", async () => {
    const denied = () => Promise.reject(storeError("access-denied"));
    const noAcl = fakeStore({ getObjectAcl: denied });
    const noTags = fakeStore({ getObjectAcl: async () => OWNERS, getObjectTagging: denied });
    const asked = (store: typeof noAcl) => inspectCarried(store, facts({ tagCount: 1 }), ONE_PIECE, how());
    expect(await asked(noAcl)).toMatchObject({ kind: "refused", reason: "acl-cannot-be-carried" });
    expect(await asked(noTags)).toMatchObject({ kind: "refused", reason: "tags-cannot-be-carried" });
  });

  test("refuses the object if the store keeps failing", async () => {
    const store = fakeStore({ getObjectAcl: () => Promise.reject(storeError("server-error")) });
    const found = await inspectCarried(store, facts(), ONE_PIECE, how());
    expect(found).toMatchObject({ kind: "refused", reason: "acl-cannot-be-carried" });
  });

  test("returns exactly the losses that the operator accepted, and refuses any other", async () => {
    const denied = () => Promise.reject(storeError("access-denied"));
    const neither = fakeStore({ getObjectAcl: denied, getObjectTagging: denied });
    const both = await inspectCarried(neither, facts(), IN_PARTS, how({}, ["acl", "tags"]));
    const losses = [
      {
        of: "acl",
        words: expect.stringMatching(
          /^its access control list could not be read or kept and was reset .* --accept-loss allows: /,
        ),
      },
      {
        of: "tags",
        words: expect.stringMatching(/^its tags could not be read and may be lost, as --accept-loss allows: /),
      },
    ];
    expect(both).toEqual({ kind: "found", carried: { grants: null, tags: [], losses } });
    const one = await inspectCarried(neither, facts(), IN_PARTS, how({}, ["acl"]));
    expect(one).toMatchObject({ kind: "refused", reason: "tags-cannot-be-carried" });
  });

  test("rejects if the object is gone or the store throttles", async () => {
    for (const kind of ["not-found", "throttled"] as const) {
      const store = fakeStore({ getObjectAcl: () => Promise.reject(storeError(kind)) });
      await expect(inspectCarried(store, facts(), ONE_PIECE, how())).rejects.toMatchObject({ kind });
    }
  });
});

const full = (value: string): Grant => ({ permission: "FULL_CONTROL", grantee: { kind: "id", value } });
const READERS: Grant = { permission: "READ", grantee: { kind: "uri", value: "everyone" } };

describe("carriedGrants", () => {
  test.each([
    ["of one's own object", "me", "me"],
    ["where whose the copy is is not known", "alice", null],
    ["where the list names no owner", null, "me"],
    ["where the owner has an empty id", "", "me"],
    ["where the copy's owner has one", "alice", ""],
  ] as const)("keeps the grants, and returns none for a sole owner: %s", (_case, ownerId, me) => {
    const own = full(ownerId ?? "me");
    expect(carriedGrants({ ownerId, grants: [own, READERS] }, me)).toEqual({ grants: [own, READERS], owner: null });
    const alone = { ownerId, grants: ownerId === null ? [] : [own] };
    expect(carriedGrants(alone, me)).toEqual({ grants: null, owner: null });
  });

  test.each([
    ["its owner's alone", [full("alice")]],
    ["nobody at all", []],
    ["both already", [full("me"), full("alice")]],
  ] as const)("grants FULL_CONTROL once each to the previous and the new owner of a list with %s", (_case, grants) => {
    const owner = { before: "alice", after: "me" };
    expect(carriedGrants({ ownerId: "alice", grants }, "me")).toEqual({ grants: [full("alice"), full("me")], owner });
  });

  test("keeps the other grants too, including FULL_CONTROL of a third user", () => {
    const { grants } = carriedGrants({ ownerId: "alice", grants: [full("alice"), READERS, full("carol")] }, "me");
    expect(grants).toEqual([full("alice"), full("me"), READERS, full("carol")]);
  });
});

describe("putLostLock", () => {
  const HELD = { mode: null, retainUntil: null, legalHold: "ON" } as const;
  const encryption = { state: "sse-s3", evidence: "head-header" } as const;
  const before = facts({ lock: HELD, storageClass: "STANDARD_IA", userMetadata: { a: "b" } });
  const bare = facts({ encryption });
  /** Whether it is put again on a copy that lacks the class and the metadata too. */
  const isPut = async (...losses: readonly ("storage-class" | "metadata")[]) => {
    const held: string[] = [];
    const store = fakeStore({ putObjectLegalHold: async ({ key }) => void held.push(key) });
    const given = carried({ losses: losses.map((of) => ({ of, words: "accepted" })) });
    const said = await putLostLock(store, { facts: before, carried: given }, bare, SSE_S3);
    expect(held).toEqual(said ? ["key"] : []);
    return said;
  };

  test("puts the lock again if every other loss was accepted", async () => {
    expect(await isPut("storage-class", "metadata")).toBe(true);
  });

  test("leaves a copy alone that lacks more than was accepted", async () => {
    expect(await isPut()).toBe(false);
    expect(await isPut("metadata")).toBe(false);
  });
});
