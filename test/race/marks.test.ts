import { describe, expect, test } from "vitest";
import { type MigrateOptions, migrate } from "../../migrate/index.js";
import type { SandboxOptions } from "../../sandbox/index.js";
import { createBucket, pathOf, putObject, type RawRequest, type RawS3, sendOk } from "../buckets/raw-s3.js";
import { startWorld } from "../buckets/start-world.js";

const BUCKET = "marked";
const KEY = "object";

/** Changes of an object that keep its ETag, so that no condition detects them. */
interface Mark {
  readonly put: RawRequest;
  readonly isThere: (raw: RawS3) => Promise<boolean>;
}

const at = (query: string) => pathOf(BUCKET, KEY, query);
const bodyOf = async (raw: RawS3, query: string) => (await sendOk(raw, { path: at(query) })).body.toString();

const MARKS = {
  tags: {
    put: {
      method: "PUT",
      path: at("?tagging"),
      body: Buffer.from("<Tagging><TagSet><Tag><Key>state</Key><Value>newer</Value></Tag></TagSet></Tagging>"),
    },
    isThere: async (raw) => (await bodyOf(raw, "?tagging")).includes("newer"),
  },
  acl: {
    put: { method: "PUT", path: at("?acl"), headers: { "x-amz-acl": "public-read" } },
    isThere: async (raw) => (await bodyOf(raw, "?acl")).includes("AllUsers"),
  },
  "legal hold": {
    put: { method: "PUT", path: at("?legal-hold"), body: Buffer.from("<LegalHold><Status>ON</Status></LegalHold>") },
    isThere: async (raw) =>
      (await sendOk(raw, { method: "HEAD", path: at("") })).headers["x-amz-object-lock-legal-hold"] === "ON",
  },
} as const satisfies Readonly<Record<string, Mark>>;

interface Way {
  readonly sandbox: SandboxOptions;
  readonly migrate: Partial<MigrateOptions>;
}

const AWS: SandboxOptions = { profile: "aws", behaviour: { unsetDefaultEncryption: "not-found" } };
const OF_AWS = { provider: "aws", region: "gra" } as const;
const WAYS = {
  "in one piece": { sandbox: AWS, migrate: OF_AWS },
  "in parts": { sandbox: AWS, migrate: { ...OF_AWS, copyCutoff: 1, rewriteBelow: 0 } },
  "by rewriting": { sandbox: { profile: "ovh" }, migrate: { rewriteBelow: 1000 } },
} as const satisfies Readonly<Record<string, Way>>;

/** Puts the mark before the nth request for the object. Resolves with that request, and whether the mark is there at the end. */
async function markedAt(nth: number, { put, isThere }: Mark, { sandbox, migrate: more }: Way) {
  let seen = 0;
  let before: string | null = null;
  let copying = false;
  const { raw, optionsFor } = await startWorld({
    ...sandbox,
    intercept: async ({ operation, key }) => {
      if (!copying || key !== KEY) return undefined;
      seen += 1;
      if (seen !== nth) return undefined;
      before = operation;
      copying = false;
      await sendOk(raw, put);
      return undefined;
    },
  });
  await createBucket(raw, BUCKET, { "x-amz-bucket-object-lock-enabled": "true" });
  await putObject(raw, BUCKET, { key: KEY, body: Buffer.from("a body"), tags: [["state", "older"]] });
  copying = true;
  const { summary } = await migrate(await optionsFor(BUCKET, { canary: false, assume: "documented", ...more }));
  copying = false;
  return { before: before as string | null, kept: await isThere(raw), outcomes: summary.total.outcomes };
}

/** The requests of a migration of one object before which a mark may arrive without getting onto the copy, and whether the run reports that. */
async function missedBefore(mark: Mark, way: Way): Promise<{ untold: string[]; told: string[] }> {
  const missed = { untold: [] as string[], told: [] as string[] };
  for (let nth = 1; ; nth += 1) {
    const { before, kept, outcomes } = await markedAt(nth, mark, way);
    if (before === null) return missed;
    if (!kept) missed[outcomes.failed.objects === 1 ? "told" : "untold"].push(before);
  }
}

/**
 * Before these requests a change comes too late to be sent with the copy. On a versioned bucket it is still on the version
 * that was copied: the run says so and calls the object failed. Before any other request it is kept.
 */
const KNOWN_WINDOWS: Readonly<Record<keyof typeof WAYS, Readonly<Record<keyof typeof MARKS, readonly string[]>>>> = {
  "in one piece": {
    tags: [],
    acl: ["GetObjectTagging", "CopyObject"],
    "legal hold": ["GetObjectAcl", "GetObjectTagging", "CopyObject"],
  },
  "in parts": {
    tags: [],
    acl: ["GetObjectTagging", "CompleteMultipartUpload"],
    "legal hold": ["GetObjectAcl", "GetObjectTagging", "CompleteMultipartUpload"],
  },
  "by rewriting": {
    tags: [],
    acl: ["GetObjectTagging", "GetObject", "PutObject"],
    "legal hold": ["GetObjectAcl", "GetObjectTagging", "GetObject", "PutObject"],
  },
};

const CASES = (Object.keys(WAYS) as (keyof typeof WAYS)[]).flatMap((way) =>
  (Object.keys(MARKS) as (keyof typeof MARKS)[]).map((mark) => ({ way, mark, known: KNOWN_WINDOWS[way][mark] })),
);

describe("migrate, if an object changes during its copy,", () => {
  const keepsOrTells = async ({ way, mark, known }: (typeof CASES)[number]) => {
    const { untold, told } = await missedBefore(MARKS[mark], WAYS[way]);
    expect(untold).toEqual([]);
    expect(known).toEqual(expect.arrayContaining(told));
  };
  const title = "keeps a change of its $mark ($way), or fails the object if the change came before $known";
  test.each(CASES.slice(0, 2))(title, { tags: ["slow"] }, keepsOrTells);
  test.each(CASES.slice(2))(title, { tags: "slow" }, keepsOrTells);

  test("keeps a change before the first request", async () => {
    for (const [way, mark] of [
      ["in parts", "tags"],
      ["in one piece", "acl"],
    ] as const) {
      const first = await markedAt(1, MARKS[mark], WAYS[way]);
      expect(first).toMatchObject({ before: "HeadObject", kept: true });
      expect(first.outcomes.migrated.objects).toBe(1);
    }
  });
});
