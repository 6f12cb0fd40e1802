import { describe, expect, test } from "vitest";
import type { Grant } from "../../../migrate/store/answers.js";
import { carriedDifference } from "../../../migrate/verify/carried-difference.js";
import { carried, facts } from "../fixtures/facts.js";
import { fakeStore } from "../fixtures/fake-store.js";

const OWNER: Grant = { permission: "FULL_CONTROL", grantee: { kind: "id", value: "me" } };
const EVERYONE: Grant = { permission: "READ", grantee: { kind: "uri", value: "everyone" } };
const TAGS = [
  { key: "a", value: "1" },
  { key: "b", value: "2" },
];
const withGrants = (grants: readonly Grant[]) => fakeStore({ getObjectAcl: async () => ({ ownerId: "me", grants }) });

describe("what HEAD does not show of a copy", () => {
  test("costs no call for an object that had none of it", async () => {
    expect(await carriedDifference(fakeStore({}), facts(), carried())).toBeNull();
    expect(await carriedDifference(fakeStore({}), facts({ tagCount: 2 }), carried({ tags: TAGS }))).toBeNull();
  });

  test("is the same where the grants are, in whatever order", async () => {
    const given = carried({ grants: [OWNER, EVERYONE] });
    expect(await carriedDifference(withGrants([EVERYONE, OWNER]), facts(), given)).toBeNull();
  });

  test("is not where a grant was lost, or gained", async () => {
    const given = carried({ grants: [OWNER, EVERYONE] });
    expect(await carriedDifference(withGrants([OWNER]), facts(), given)).toMatch(/access control list/);
    const more: Grant = { permission: "READ", grantee: { kind: "id", value: "other" } };
    expect(await carriedDifference(withGrants([OWNER, EVERYONE, more]), facts(), given)).toMatch(/access control list/);
  });

  test("is the tags themselves where HEAD does not count them", async () => {
    const store = (tags: typeof TAGS) => fakeStore({ getObjectTagging: async () => tags });
    const given = carried({ tags: TAGS });
    expect(await carriedDifference(store(TAGS.toReversed()), facts(), given)).toBeNull();
    expect(await carriedDifference(store([]), facts(), given)).toMatch(/^tags/);
  });
});
