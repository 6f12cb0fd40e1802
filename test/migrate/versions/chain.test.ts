import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_CHAIN, type PlannedEntry, planChain } from "../../../migrate/versions/chain.js";

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
