import { describe, expect, test } from "vitest";
import { carriedDifference } from "../../../migrate/object/read-back.js";
import type { Grant } from "../../../migrate/store/answers.js";
import { carried, facts } from "../fixtures/facts.js";
import { fakeStore } from "../fixtures/fake-store.js";

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
      notes: ["its grant of WRITE to id other is gone: no header carries it"],
    });
    expect(await carriedDifference(withGrants([OWNER, writer]), facts(), given)).toEqual({
      difference: null,
      notes: [],
    });
  });
});
