import { describe, expect, test } from "vitest";
import type { Capabilities } from "../../../migrate/model/capabilities.js";
import type { Loss } from "../../../migrate/model/object.js";
import { inspectCarried } from "../../../migrate/object/carried.js";
import { capabilities, facts, policy } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

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
        words: expect.stringMatching(/^its access control list could not be read or kept and was reset .* accepted: /),
      },
      { of: "tags", words: expect.stringMatching(/^its tags could not be read and may be lost, which was accepted: /) },
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
