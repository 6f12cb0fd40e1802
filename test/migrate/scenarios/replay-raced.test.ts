import { describe, expect, test } from "vitest";
import { migrate } from "../../../migrate/index.js";
import type { Intercept } from "../../../sandbox/index.js";
import { pathOf, type RawS3, sendOk } from "../../buckets/raw-s3.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../../length.js";
import { outcomesOf } from "../fixtures/outcomes-of.js";
import {
  readHistory,
  type Step,
  VERSIONED_BUCKET,
  versionedWorld,
  wordsOf,
  writeHistory,
} from "../fixtures/versioned-world.js";

const HISTORY: readonly Step[] = [{ plain: "1" }, "deleted", { sealed: "2" }, { plain: "3" }];
const QUIET = { canary: false, assume: "documented", versions: "replay", yes: true } as const;
/** Each request of a replay in the long run, some of them else. */
const STEP = LONG ? 1 : 5;

interface Race {
  readonly intercept: Intercept;
  /** Right before the nth request from now on. */
  arm(nth: number, write: () => Promise<void>): void;
  /** Ends it, and tells whether it came to be. */
  disarm(): boolean;
}

function race(): Race {
  let left = Number.POSITIVE_INFINITY;
  let write = async () => {};
  return {
    intercept: async () => {
      left -= 1;
      if (left !== 0) return undefined;
      // The writer's own request is not counted.
      left = Number.NEGATIVE_INFINITY;
      await write();
      return undefined;
    },
    arm: (nth, racing) => {
      left = nth;
      write = racing;
    },
    disarm: () => {
      const wasRun = left === Number.NEGATIVE_INFINITY;
      left = Number.POSITIVE_INFINITY;
      return wasRun;
    },
  };
}

async function racedAt(nth: number, store: object, more: object, write: (raw: RawS3) => Promise<void>) {
  const racing = race();
  const { raw, optionsFor } = await versionedWorld({ ...store, intercept: racing.intercept });
  await writeHistory(raw, "a", HISTORY);
  const options = await optionsFor(VERSIONED_BUCKET, { ...QUIET, ...more });
  racing.arm(nth, () => write(raw));
  const { summary } = await migrate(options);
  const wasRun = racing.disarm();
  const words = await wordsOf(raw, "a");
  const closes = summary.total.closes && summary.total.noncurrent?.closes === true;
  return { wasRun, words, closes };
}

const bodyOf = (words: string | undefined) => words?.replace(/^(plain|sealed) /, "");

describe.each([
  ["copies with a condition on the destination", { profile: "reference" }, { provider: "scaleway" }],
  ["rewrites with one", { profile: "ovh" }, {}],
] as const)("replay that %s", { tags: "slow" }, (_, store, more) => {
  test(
    "keeps a client write at any request as the current version, and loses no version",
    async () => {
      const put = (raw: RawS3) => writeHistory(raw, "a", [{ plain: "written" }]);
      for (let nth = 1; ; nth += STEP) {
        const { wasRun, words, closes } = await racedAt(nth, store, more, put);
        const bodies = words.map(bodyOf);
        expect([nth, closes, ...(wasRun ? [bodies[0]] : [])]).toEqual([nth, true, ...(wasRun ? ["written"] : [])]);
        expect(bodies).toEqual(expect.arrayContaining(["1", "2", "3"]));
        if (!wasRun) break;
        expect(nth).toBeLessThan(500);
      }
    },
    SWEEP_TIMEOUT_MS,
  );

  test(
    "keeps a client deletion at any request, and loses no version",
    async () => {
      const remove = async (raw: RawS3) =>
        void (await sendOk(raw, { method: "DELETE", path: pathOf(VERSIONED_BUCKET, "a") }));
      for (let nth = 1; ; nth += STEP) {
        const { wasRun, words, closes } = await racedAt(nth, store, more, remove);
        expect([nth, closes, words[0]]).toEqual([nth, true, wasRun ? "deleted" : "sealed 3"]);
        expect(words.map(bodyOf)).toEqual(expect.arrayContaining(["1", "2", "3"]));
        if (!wasRun) break;
        expect(nth).toBeLessThan(500);
      }
    },
    SWEEP_TIMEOUT_MS,
  );
});

test("a replay stopped by a client write fails, and leaves everything but that write unchanged", async () => {
  let writes = 0;
  let write: (() => Promise<void>) | undefined;
  const intercept: Intercept = async ({ operation }) => {
    if (write === undefined || operation !== "PutObject") return undefined;
    writes += 1;
    if (writes === 2) {
      const racing = write;
      write = undefined;
      await racing();
    }
    return undefined;
  };
  const { raw, optionsFor } = await versionedWorld({ profile: "ovh", intercept });
  await writeHistory(raw, "a", HISTORY);
  const before = (await readHistory(raw)).get("a") ?? [];
  write = () => writeHistory(raw, "a", [{ plain: "written" }]);
  const { runDir } = await migrate(await optionsFor(VERSIONED_BUCKET, QUIET));
  const [newest, ...others] = (await readHistory(raw)).get("a") ?? [];
  expect([newest?.words, others]).toEqual(["plain written", before]);
  expect((await outcomesOf(runDir)).get("a")?.outcome).toMatchObject({ kind: "failed", reason: "kept-changing" });
});

test("a replay with a refused step is undone, and the journal says why", async () => {
  let puts = Number.NEGATIVE_INFINITY;
  const intercept: Intercept = ({ operation }) => {
    if (operation !== "PutObject") return undefined;
    puts += 1;
    return puts >= 2 ? { kind: "error", status: 403, code: "AccessDenied" } : undefined;
  };
  const { raw, optionsFor } = await versionedWorld({ profile: "ovh", intercept });
  await writeHistory(raw, "a", HISTORY);
  const before = await readHistory(raw);
  puts = 0;
  const { runDir, summary } = await migrate(await optionsFor(VERSIONED_BUCKET, QUIET));
  expect(puts).toBeGreaterThanOrEqual(2);
  expect(await readHistory(raw)).toEqual(before);
  expect((await outcomesOf(runDir)).get("a")?.outcome).toMatchObject({ kind: "failed", reason: "store-error" });
  expect(summary.total.closes).toBe(true);
});

test("an interrupted replay is undone, and done by the resume", { tags: ["slow"] }, async () => {
  const interruption = new AbortController();
  let puts = Number.NEGATIVE_INFINITY;
  const intercept: Intercept = ({ operation }) => {
    if (operation === "PutObject") puts += 1;
    if (puts === 2) interruption.abort();
    return undefined;
  };
  const { raw, optionsFor } = await versionedWorld({ profile: "ovh", intercept });
  await writeHistory(raw, "a", HISTORY);
  const before = await readHistory(raw);
  puts = 0;
  const options = await optionsFor(VERSIONED_BUCKET, QUIET);
  const first = await migrate({ ...options, signal: interruption.signal });
  expect(first.run.sessions.at(-1)?.end).toBe("interrupted");
  expect(await readHistory(raw)).toEqual(before);
  const { out, credentials, endpoint } = options;
  const { summary } = await migrate({ out, credentials, endpoint, resume: true, yes: true });
  expect(await wordsOf(raw, "a")).toEqual(["sealed 3", "sealed 2", "deleted", "sealed 1"]);
  expect(summary.total).toMatchObject({ listed: 1, closes: true });
});

test("a noncurrent version that a lifecycle rule removes during the replay is not lost", async () => {
  let puts = Number.NEGATIVE_INFINITY;
  let expire: (() => Promise<void>) | undefined;
  const intercept: Intercept = async ({ operation }) => {
    if (operation !== "PutObject") return undefined;
    puts += 1;
    if (puts === 2) await expire?.();
    return puts >= 3 ? { kind: "error", status: 403, code: "AccessDenied" } : undefined;
  };
  const { raw, optionsFor } = await versionedWorld({ profile: "ovh", intercept });
  await writeHistory(raw, "a", HISTORY);
  const oldest = (await readHistory(raw)).get("a")?.at(-1)?.versionId;
  const path = pathOf(VERSIONED_BUCKET, "a", `?versionId=${oldest}`);
  expire = async () => void (await sendOk(raw, { method: "DELETE", path }));
  puts = 0;
  await migrate(await optionsFor(VERSIONED_BUCKET, QUIET));
  expect((await wordsOf(raw, "a")).map(bodyOf)).toEqual(expect.arrayContaining(["1", "2", "3"]));
});
