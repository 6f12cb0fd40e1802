import { expect, test } from "vitest";
import { refuseIfChanged } from "../../../migrate/object/changed-during-copy.js";
import type { CopyAttempt } from "../../../migrate/object/copy-job.js";
import type { Grant, Tag } from "../../../migrate/store/answers.js";
import { capabilities, carried, copyJob, facts } from "../fixtures/facts.js";
import { fakeStore } from "../fixtures/fake-store.js";

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
