import { describe, expect, test } from "vitest";
import { carriedGrants } from "../../../migrate/object/carried.js";
import type { Grant } from "../../../migrate/store/answers.js";

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
