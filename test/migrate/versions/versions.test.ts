import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_CHAIN, type PlannedEntry, planChain } from "../../../migrate/versions/chain.js";
import {
  type VersionProgress,
  VersionWatermark,
  WALK_NOT_STARTED,
} from "../../../migrate/versions/version-watermark.js";

/** An entry with what it holds: plaintext, encrypted, plaintext that is locked, or nothing. */
const entry = fc.constantFrom("plain", "sealed", "locked", "deleted");
const histories = fc.array(entry, { maxLength: 12 });

function planned(kinds: readonly string[]): PlannedEntry[] {
  return kinds.map((kind, index) => {
    const versionId = String(index);
    if (kind === "deleted") return { kind: "delete-marker", versionId };
    const obstacle = kind === "locked" ? "cannot comply before 2030-01-01" : null;
    return { kind: "version", versionId, isPlaintext: kind !== "sealed", obstacle };
  });
}

/** What is there once the plan was carried out, the newest first: the contents by their old ids, plaintext by name. */
function carriedOut(kinds: readonly string[], range: readonly PlannedEntry[]): { ids: string[]; plain: string[] } {
  const inRange = new Set(range.map(({ versionId }) => versionId));
  const made = range.map(({ versionId }) => versionId).toReversed();
  const left = kinds.map((_, index) => String(index)).filter((id) => !inRange.has(id));
  return { ids: [...made, ...left], plain: left.filter((id) => kinds[Number(id)] === "plain") };
}

describe("planChain", () => {
  test("keeps order, contents, delete markers and count, and leaves no removable plaintext", () => {
    fc.assert(
      fc.property(histories, (kinds) => {
        const plan = planChain(planned(kinds));
        const isPlain = kinds.some((kind) => kind === "plain" || kind === "locked");
        if (plan.kind === "nothing") {
          expect(kinds.length === 0 || kinds[0] === "deleted" || !isPlain).toBe(true);
        } else if (plan.kind === "refuse") {
          expect(kinds).toContain("locked");
          expect(plan.because).toContain("cannot comply before 2030-01-01");
        } else {
          const end = carriedOut(kinds, plan.range);
          expect(end.ids).toEqual(kinds.map((_, index) => String(index)));
          expect(end.plain).toEqual([]);
          expect(plan.range.at(-1)?.versionId).toBe("0");
          expect(plan.range[0]).toMatchObject({ isPlaintext: true });
          expect(
            [...plan.range]
              .toReversed()
              .map(({ versionId }) => versionId)
              .concat(plan.older),
          ).toEqual(end.ids);
        }
      }),
    );
  });

  test("plans nothing for a key with a delete marker on top", () => {
    fc.assert(
      fc.property(histories, (kinds) => {
        expect(planChain(planned(["deleted", ...kinds]))).toEqual({ kind: "nothing" });
      }),
    );
  });

  test("keeps versions older than the oldest plaintext", () => {
    const plan = planChain(planned(["sealed", "plain", "sealed", "deleted"]));
    expect(plan).toMatchObject({ kind: "replay", older: ["2", "3"] });
  });

  test("refuses a history that is too long", () => {
    const kinds = Array.from({ length: MAX_CHAIN + 1 }, () => "plain");
    expect(planChain(planned(kinds))).toMatchObject({ kind: "refuse", because: expect.stringContaining("1000") });
    expect(planChain(planned(kinds.slice(1))).kind).toBe("replay");
  });
});

const SCOPE = { bucket: "b", prefix: "" };
const AT = new Date(0);

function watermark(progress: Partial<VersionProgress> = {}) {
  const marks = new VersionWatermark(SCOPE, { ...WALK_NOT_STARTED, ...progress });
  const list = (key: string, versionId: string, inScope = true) => marks.list(key, versionId, inScope);
  return { marks, list, at: (end = false) => marks.checkpoint(AT, end) };
}

describe("VersionWatermark", () => {
  test("passes a key once the listing has moved on and all its versions are done", () => {
    const { list, at } = watermark();
    const first = list("a", "1");
    const second = list("a", "2");
    second?.();
    expect(at()).toMatchObject({ upTo: null, listed: 0 });
    first?.();
    expect(at()).toMatchObject({ upTo: null, listed: 0 });
    const third = list("b", "3");
    expect(at()).toMatchObject({ upTo: "a", listed: 2 });
    third?.();
    expect(at()).toMatchObject({ upTo: "a", listed: 2 });
    expect(at(true)).toMatchObject({ upTo: "b", listed: 3, end: true });
  });

  test("counts filtered-out versions and delete markers with their keys", () => {
    const { marks, list, at } = watermark();
    marks.marker("a");
    expect(list("a", "1", false)).toBeNull();
    list("b", "2")?.();
    expect(at()).toMatchObject({ upTo: "a", listed: 0, filteredOut: 1, deleteMarkers: 1 });
  });

  test("takes no version that an earlier session did, and counts it once, listed again or not", () => {
    const done = new Map([
      ["a", new Set(["1", "gone"])],
      ["c", new Set(["gone too"])],
    ]);
    const { list, at } = watermark({ done });
    expect(list("a", "1")).toBeNull();
    list("a", "2")?.();
    list("b", "3")?.();
    expect(at()).toMatchObject({ upTo: "a", listed: 3 });
    expect(at(true)).toMatchObject({ listed: 5 });
  });

  test("stops once the listing is out of order, until its end", () => {
    const { list, at } = watermark();
    list("b", "1")?.();
    list("a", "2")?.();
    list("c", "3")?.();
    expect(at()).toMatchObject({ upTo: null, listed: 0 });
    expect(at(true)).toMatchObject({ listed: 3 });
  });

  test("counts correctly past a version that stays unfinished while many others finish", () => {
    const { list, at } = watermark();
    const open = list("0", "open");
    for (let n = 0; n < 20_000; n += 1) list(`1${String(n).padStart(6, "0")}`, "1")?.();
    expect(at()).toMatchObject({ upTo: null });
    open?.();
    expect(at(true)).toMatchObject({ listed: 20_001 });
  });
});
