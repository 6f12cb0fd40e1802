import { describe, expect, test } from "vitest";
import { inspectCarried } from "../../../migrate/inspect/inspect-carried.js";
import type { Decision } from "../../../migrate/plan/plan.js";
import { capabilities, facts } from "../fixtures/facts.js";
import { fakeStore, storeError } from "../fixtures/fake-store.js";

const ONE_PIECE: Decision = { kind: "copy", reason: "unencrypted" };
const IN_PARTS: Decision = { kind: "copy-multipart", reason: "unencrypted-above-copy-cutoff" };
const OWNERS = {
  ownerId: "me",
  grants: [{ permission: "FULL_CONTROL", grantee: { kind: "id", value: "me" } }],
} as const;
const SHARED = {
  ownerId: "me",
  grants: [...OWNERS.grants, { permission: "READ", grantee: { kind: "uri", value: "everyone" } }],
} as const;
const TAGS = [{ key: "a", value: "b" }];

describe("what a copy drops", () => {
  test("is nothing where the owner alone is in the access control list", async () => {
    const store = fakeStore({ getObjectAcl: async () => OWNERS });
    const found = await inspectCarried(store, facts(), ONE_PIECE, capabilities());
    expect(found).toEqual({ kind: "found", carried: { grants: null, tags: [] } });
  });

  test("is every grant where there is one more", async () => {
    const store = fakeStore({ getObjectAcl: async () => SHARED });
    const found = await inspectCarried(store, facts(), ONE_PIECE, capabilities());
    expect(found).toMatchObject({ carried: { grants: SHARED.grants } });
  });

  test("is the tags too where the copy is made in parts, even where HEAD counts none", async () => {
    const store = fakeStore({ getObjectAcl: async () => OWNERS, getObjectTagging: async () => TAGS });
    expect(await inspectCarried(store, facts(), IN_PARTS, capabilities())).toMatchObject({ carried: { tags: TAGS } });
  });

  test("is not asked for on a store that has neither", async () => {
    const can = capabilities({ objectAcl: false, objectTagging: false });
    const found = await inspectCarried(fakeStore({}), facts(), IN_PARTS, can);
    expect(found).toEqual({ kind: "found", carried: { grants: null, tags: [] } });
  });

  test.each([
    ["not-implemented", 501, "NotImplemented"],
    ["not-found", 404, "NoSuchTagSet"],
  ] as const)("is no tags where the store answers %s (%d %s) to the question", async (kind, status, code) => {
    const store = fakeStore({
      getObjectAcl: () => Promise.reject(storeError("not-implemented")),
      getObjectTagging: () => Promise.reject(storeError(kind, { status, code })),
    });
    const found = await inspectCarried(store, facts(), IN_PARTS, capabilities());
    expect(found).toEqual({ kind: "found", carried: { grants: null, tags: [] } });
  });

  test("is refused, not lost, where it may not be read", async () => {
    const denied = () => Promise.reject(storeError("access-denied"));
    const noAcl = fakeStore({ getObjectAcl: denied });
    const noTags = fakeStore({ getObjectAcl: async () => OWNERS, getObjectTagging: denied });
    const asked = (store: typeof noAcl) => inspectCarried(store, facts({ tagCount: 1 }), ONE_PIECE, capabilities());
    expect(await asked(noAcl)).toMatchObject({ kind: "refused", reason: "acl-cannot-be-carried" });
    expect(await asked(noTags)).toMatchObject({ kind: "refused", reason: "tags-cannot-be-carried" });
  });

  test("rejects where the object is gone, or the store fails", async () => {
    for (const kind of ["not-found", "server-error"] as const) {
      const store = fakeStore({ getObjectAcl: () => Promise.reject(storeError(kind)) });
      await expect(inspectCarried(store, facts(), ONE_PIECE, capabilities())).rejects.toMatchObject({ kind });
    }
  });
});
