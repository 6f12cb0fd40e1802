import { describe, expect, test } from "vitest";
import { markedMeanwhile, refuseIfChanged } from "../../../migrate/object/changed-during-copy.js";
import type { CopyAttempt } from "../../../migrate/object/copy-job.js";
import type { Grant, Tag } from "../../../migrate/store/answers.js";
import { capabilities, carried, copyJob, facts } from "../fixtures/facts.js";
import { fakeStore } from "../fixtures/fake-store.js";

describe("marks set during a copy", () => {
  const TAGS: readonly Tag[] = ["a", "b"].map((key) => ({ key, value: key }));
  const GRANTS: readonly Grant[] = ["owner", "other"].map((value) => ({
    permission: "READ",
    grantee: { kind: "id", value },
  }));

  /** The notes on an object that had those tags and grants, if the copied version has these. */
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
});

const TAGS: readonly Tag[] = ["a", "b", "c"].map((key) => ({ key, value: key }));
const GRANTS: readonly Grant[] = ["owner", "other"].map((value) => ({
  permission: "FULL_CONTROL",
  grantee: { kind: "id", value },
}));

/** A copy in parts that began with those tags and grants, of an object that has these now. */
function attemptOf(now: { readonly tags?: readonly Tag[]; readonly grants?: readonly Grant[] }): CopyAttempt {
  const { requestId: _, ...seen } = facts({ tagCount: 3 });
  const headers = {
    "content-length": String(seen.sizeBytes),
    "content-type": "text/plain",
    etag: `"${seen.etag}"`,
    "last-modified": "Fri, 02 Jan 2026 03:04:05 GMT",
    "x-amz-tagging-count": "3",
  };
  const store = fakeStore({
    headObject: async () => ({ headers, requestId: "R" }),
    getObjectTagging: async () => now.tags ?? TAGS,
    getObjectAcl: async () => ({ ownerId: "owner", grants: now.grants ?? GRANTS }),
  });
  return {
    job: copyJob({ store, facts: facts({ tagCount: 3 }) }),
    strategy: "copy-multipart",
    carried: carried({ tags: TAGS, grants: GRANTS }),
    capabilities: capabilities(),
  };
}

test("refuseIfChanged ignores the order of tags and grants", async () => {
  await expect(refuseIfChanged(attemptOf({}))).resolves.toBeUndefined();
  const turned = attemptOf({ tags: TAGS.toReversed(), grants: GRANTS.toReversed() });
  await expect(refuseIfChanged(turned)).resolves.toBeUndefined();
});

test.each([
  ["tag", { tags: TAGS.map((tag) => ({ ...tag, value: "changed" })) }],
  ["grant", { grants: GRANTS.slice(0, 1) }],
])("refuseIfChanged rejects if a %s changed", async (_what, now) => {
  await expect(refuseIfChanged(attemptOf(now))).rejects.toMatchObject({ kind: "precondition-failed" });
});
