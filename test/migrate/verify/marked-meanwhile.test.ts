import { expect, test } from "vitest";
import { markedMeanwhile } from "../../../migrate/object/changed-during-copy.js";
import type { Grant, Tag } from "../../../migrate/store/answers.js";
import { carried, copyJob, facts } from "../fixtures/facts.js";
import { fakeStore } from "../fixtures/fake-store.js";

const TAGS: readonly Tag[] = ["a", "b"].map((key) => ({ key, value: key }));
const GRANTS: readonly Grant[] = ["owner", "other"].map((value) => ({
  permission: "READ",
  grantee: { kind: "id", value },
}));

/** What is told of an object that had those tags and grants, where the version that was copied has these. */
function markedWith({ tags = TAGS, grants = GRANTS }: { tags?: readonly Tag[]; grants?: readonly Grant[] }) {
  const before = facts({ versionId: "v1", tagCount: 2 });
  const store = fakeStore({
    headObject: async () => ({
      headers: { etag: before.etag, "content-length": "1024", "x-amz-tagging-count": "2" },
      requestId: null,
    }),
    getObjectTagging: async () => tags,
    getObjectAcl: async () => ({ ownerId: "owner", grants }),
  });
  const job = copyJob({ store, facts: before });
  return markedMeanwhile(job, carried({ tags: TAGS, grants: GRANTS }), facts({ versionId: "v2" }));
}

test("markedMeanwhile ignores the order of tags and grants", async () => {
  expect(await markedWith({ tags: TAGS.toReversed(), grants: GRANTS.toReversed() })).toEqual({
    tags: null,
    isTagged: false,
    others: [],
  });
});

test("markedMeanwhile reports changed tags and grants", async () => {
  const tags = [{ key: "a", value: "changed" }];
  expect(await markedWith({ tags, grants: GRANTS.slice(0, 1) })).toEqual({
    tags,
    isTagged: true,
    others: ["its access control list"],
  });
});

test.each([
  ["are on its copy too, nothing is to be told", TAGS, { tags: null, isTagged: false, others: [] }],
  ["are not on its copy, nobody is accused", [], { tags: TAGS, isTagged: false, others: [] }],
] as const)(
  "markedMeanwhile on tags that HEAD does not count and nobody read: if they %s",
  async (_, ofCopy, expected) => {
    const before = facts({ versionId: "v1", tagCount: null });
    const store = fakeStore({
      headObject: async () => ({ headers: { etag: before.etag, "content-length": "1024" }, requestId: null }),
      getObjectTagging: async ({ versionId }) => (versionId === "v2" ? ofCopy : TAGS),
      getObjectAcl: async () => ({ ownerId: "owner", grants: [] }),
    });
    const after = facts({ versionId: "v2", tagCount: null });
    expect(await markedMeanwhile(copyJob({ store, facts: before }), carried(), after)).toEqual(expected);
  },
);
