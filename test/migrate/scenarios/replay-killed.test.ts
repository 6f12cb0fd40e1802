// @module-tag slow
import { cp } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { type MigrateOptions, migrate } from "../../../migrate/index.js";
import { LOCK_FILE } from "../../../migrate/journal/run-lock.js";
import type { Intercept, SandboxOptions } from "../../../sandbox/index.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../../length.js";
import {
  cutOff,
  readHistory,
  type Step,
  VERSIONED_BUCKET,
  versionedWorld,
  wordsOf,
  writeHistory,
} from "../fixtures/versioned-world.js";

const HISTORY: readonly Step[] = [{ sealed: "0" }, { plain: "1" }, "deleted", { sealed: "2" }, { plain: "1" }];
const AFTER = ["sealed 1", "sealed 2", "deleted", "sealed 1", "sealed 0"];
/** Each request of a replay in the long run, some of them else. */
const STEP = LONG ? 1 : 7;
const QUIET = { canary: false, assume: "documented", versions: "replay", yes: true } as const;

/** The run folder without the sign that a process is at work in it, which a dead one is not. */
async function asLeft(runDir: string): Promise<string> {
  const copy = `${runDir}-left`;
  await cp(runDir, copy, { recursive: true, filter: (path) => !path.includes(LOCK_FILE) }).catch(() => undefined);
  return copy;
}

interface Killed {
  readonly wasReached: boolean;
  readonly words: readonly string[];
  readonly oldestStayed: boolean;
  readonly closes: boolean;
}

/** A migration whose nth request was its last, and the one that goes on with it. */
async function killedAt(
  nth: number,
  carriedOut: boolean,
  store: SandboxOptions,
  more: Partial<MigrateOptions>,
): Promise<Killed> {
  const cut = cutOff();
  const { raw, optionsFor } = await versionedWorld({ ...store, intercept: cut.intercept });
  await writeHistory(raw, "a", HISTORY);
  const before = (await readHistory(raw)).get("a") ?? [];
  const options = await optionsFor(VERSIONED_BUCKET, { ...QUIET, ...more });
  cut.arm(nth, carriedOut);
  const first = migrate(options);
  first.catch(() => undefined);
  const wasReached = (await Promise.race([first, cut.reached])) === "killed";
  cut.disarm();
  const out = wasReached ? await asLeft(options.out ?? "") : options.out;
  // If it did not get as far as making its folder, there is nothing to resume.
  const again = await migrate({
    out,
    credentials: options.credentials,
    endpoint: options.endpoint,
    resume: true,
    yes: true,
  }).catch(() => migrate({ ...options, out: `${options.out}-anew` }));
  const after = (await readHistory(raw)).get("a") ?? [];
  return {
    wasReached,
    words: after.map(({ words }) => words),
    oldestStayed: after.at(-1)?.versionId === before.at(-1)?.versionId,
    closes: again.summary.total.closes && again.summary.total.noncurrent?.closes === true,
  };
}

describe.each([
  ["copies with a condition on the destination", { profile: "reference" }, { provider: "scaleway" }],
  ["rewrites with one", { profile: "ovh" }, {}],
] as const)("replay that %s", (_, store, more) => {
  test.each([false, true])(
    "is completed by a resume after a kill at any request (carried out: %s), without loss or duplicates",
    async (carriedOut) => {
      let nth = carriedOut ? 1 : STEP;
      for (; ; nth += STEP) {
        const { wasReached, ...end } = await killedAt(nth, carriedOut, store, more);
        expect([nth, end]).toEqual([nth, { words: AFTER, oldestStayed: true, closes: true }]);
        if (!wasReached) break;
      }
      // Else the history was not re-created at all.
      expect(nth).toBeGreaterThan(30);
    },
    SWEEP_TIMEOUT_MS,
  );

  test(
    "has the same result if any single response is lost",
    async () => {
      let nth = 3;
      for (; ; nth += STEP) {
        let left = Number.POSITIVE_INFINITY;
        const intercept: Intercept = () => {
          left -= 1;
          return left === 0 ? { kind: "reset-after" } : undefined;
        };
        const { raw, optionsFor } = await versionedWorld({ ...store, intercept });
        await writeHistory(raw, "a", HISTORY);
        left = nth;
        const { summary } = await migrate(await optionsFor(VERSIONED_BUCKET, { ...QUIET, ...more }));
        const wasLost = left <= 0;
        left = Number.POSITIVE_INFINITY;
        expect([nth, await wordsOf(raw, "a"), summary.total.closes]).toEqual([nth, AFTER, true]);
        if (!wasLost) break;
      }
      expect(nth).toBeGreaterThan(30);
    },
    SWEEP_TIMEOUT_MS,
  );
});
