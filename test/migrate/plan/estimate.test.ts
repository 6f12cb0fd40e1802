import { describe, expect, test } from "vitest";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { type Plan, planSchema } from "../../../migrate/model/policy.js";
import { type Circumstances, PlanTally } from "../../../migrate/plan/estimate.js";
import { expectedParts } from "../../../migrate/plan/part-ranges.js";
import { planFacts, planLimits, planOutcome, planRows } from "../../../migrate/report/plan-words.js";
import { providers } from "../../../providers/index.js";
import { aRun } from "../fixtures/records.js";

const MIB = 1024 ** 2;
const LIMITS = { minPartBytes: 5 * MIB, maxPartBytes: 5000 * MIB, maxParts: 10_000 };

function planOf(tally: PlanTally, given: Partial<Circumstances> = {}): Plan {
  const plan = tally.plan({
    from: "listing",
    complete: true,
    listed: 4,
    readsPerSecond: 900,
    writesPerSecond: 300,
    prices: providers.ovhcloud.requestPrices,
    store: { objectAcl: true, objectTagging: true },
    ...given,
  });
  return planSchema.parse(plan);
}

function someObjects(): PlanTally {
  const tally = new PlanTally();
  tally.add({ way: "rewrite", guard: "source-and-destination", sizeBytes: 10, parts: 0 });
  tally.add({ way: "copy-multipart", guard: "source-and-destination", sizeBytes: 900, parts: 3 });
  tally.add({ way: "copy-multipart", guard: "source-and-destination", sizeBytes: 100, parts: 1 });
  tally.leave("archived", 7);
  return tally;
}

describe("a plan", () => {
  test("counts objects, bytes and parts by way and guard, and what is left by its reason", () => {
    const { ways, left, encrypted } = planOf(someObjects());
    expect(ways).toEqual([
      { way: "copy-multipart", guard: "source-and-destination", objects: 2, bytes: 1000, parts: 4 },
      { way: "rewrite", guard: "source-and-destination", objects: 1, bytes: 10, parts: 0 },
    ]);
    expect(left).toEqual([{ reason: "archived", objects: 1, bytes: 7 }]);
    expect(encrypted).toEqual({ objects: 0, bytes: 0 });
  });

  test("counts the requests of each kind: of the way, once for each part, and one HEAD for what is left", () => {
    expect(planOf(someObjects()).requests).toEqual({
      ListObjectsV2: 1,
      HeadObject: 2 + 2 * 3 + 1,
      GetObjectAcl: 1 + 2 * 2,
      GetObjectTagging: 1 + 2 * 2,
      GetObject: 1,
      PutObject: 1,
      ListMultipartUploads: 2,
      CreateMultipartUpload: 2,
      UploadPartCopy: 4,
      CompleteMultipartUpload: 2,
    });
  });

  test("asks for no ACLs and no tags of a store that has none", () => {
    const { requests } = planOf(someObjects(), { store: { objectAcl: false, objectTagging: false } });
    expect(Object.keys(requests).filter((name) => /Acl|Tagging/.test(name))).toEqual([]);
  });

  test("takes as long as the ceiling that is reached first, and is of unknown length without one", () => {
    const tally = new PlanTally();
    for (let index = 0; index < 3000; index += 1) tally.add({ way: "copy", guard: "none", sizeBytes: 1, parts: 0 });
    const secondsAt = (readsPerSecond: number | null, writesPerSecond: number | null) =>
      planOf(tally, { listed: 3000, readsPerSecond, writesPerSecond }).seconds;
    expect(secondsAt(5500, 300)).toBe(10);
    expect(secondsAt(900, 3500)).toBe(11);
    expect(secondsAt(null, 100)).toBe(30);
    expect(secondsAt(null, null)).toBeNull();
  });

  test.each([
    ["ovhcloud", { kind: "not-charged" }, /^not charged \(https:\/\/.*, read 2026-\d\d-\d\d\)$/],
    ["generic", { kind: "unknown" }, /^unknown price$/],
    ["aws", { kind: "charged", currency: "USD" }, /^6\.21 USD \(list price of us-east-1, class STANDARD; https:.*\)$/],
  ] as const)("costs at %s by its price table", (id, cost, words) => {
    const tally = new PlanTally();
    for (let index = 0; index < 1000; index += 1) tally.add({ way: "copy", guard: "none", sizeBytes: 1, parts: 0 });
    const thousand = planOf(tally, { prices: providers[id].requestPrices, listed: 1000 });
    expect(thousand.cost).toMatchObject(cost);
    // docs/scale.md names the cost of 10^6 objects: a thousand of these.
    const { cost: each } = thousand;
    const plan = each.kind === "charged" ? { ...thousand, cost: { ...each, amount: each.amount * 1000 } } : thousand;
    expect(new Map(planFacts(plan)).get("Cost of the requests")).toMatch(words);
  });

  test.each([
    [0.009, "under 0.01 USD"],
    [0.01, "0.01 USD"],
    [0.29, "0.29 USD"],
    [1.1, "1.10 USD"],
    [2.29, "2.29 USD"],
    [0.1 + 0.2, "0.30 USD"],
    [6.203, "6.21 USD"],
    [0.999, "1.00 USD"],
    [1234.561, "1,234.57 USD"],
  ])("says of the amount %d: %s, rounded up to a whole cent", (amount, words) => {
    const priced = { source: "https://example.com/prices", readOn: "2026-01-31" };
    const cost = { kind: "charged" as const, amount, currency: "USD", basis: "list price", ...priced };
    const facts = new Map(planFacts({ ...planOf(someObjects()), cost }));
    expect(facts.get("Cost of the requests")).toMatch(new RegExp(`^${words} \\(`));
  });

  test("has an unknown price if a single request has none", () => {
    const tally = new PlanTally();
    tally.add({ way: "update-encryption", guard: "nothing-replaced", sizeBytes: 1, parts: 0 });
    expect(planOf(tally, { prices: providers.aws.requestPrices }).cost).toEqual({ kind: "unknown" });
  });

  test.each([
    ["as many as its source", `${"a".repeat(32)}-7`, 70 * MIB, 7],
    ["as many as are needed", "a".repeat(32), 70 * MIB, 5],
    ["none if it is not in parts", null, 70 * MIB, 0],
  ] as const)("expects of a copy in parts: %s", (_, etag, sizeBytes, parts) => {
    const way = etag === null ? "copy" : "copy-multipart";
    expect(expectedParts(way, { etag, sizeBytes }, 16 * MIB, LIMITS)).toBe(parts);
  });
});

describe("the words of a plan", () => {
  test("name way, parts, guard and what is left, and use the singular for one", () => {
    expect(planRows(planOf(someObjects()))).toEqual([
      { what: "copy in parts (4 parts)", guard: "condition on the destination", objects: 2, bytes: 1000 },
      { what: "read and write again", guard: "condition on the destination", objects: 1, bytes: 10 },
      { what: expect.stringContaining("archive"), guard: "", objects: 1, bytes: 7 },
    ]);
    expect(planOutcome(planOf(someObjects()), { objects: 1, bytes: 10 }, aRun())).toBe(
      "Estimated at most 3 copies (1.01 kB), in 1.0 s or more; it took 1 copy (10 B) and 1 min 0 s.",
    );
  });

  describe("of the requests that were sent", () => {
    const tally = new PlanTally();
    for (let index = 0; index < 1500; index += 1) tally.add({ way: "copy", guard: "none", sizeBytes: 1, parts: 0 });
    const [session] = aRun().sessions;
    const sent = { ListObjectsV2: 3, HeadObject: 3010, GetObjectAcl: 1500, CopyObject: 1502 };
    const wordsAfter = (...sessions: readonly Partial<RunRecord["sessions"][number]>[]) => {
      const run = aRun({
        sessions: sessions.map((changes) => ({ ...session, ...changes }) as typeof session & object),
      });
      return planOutcome(planOf(tally, { listed: 1500 }), { objects: 1500, bytes: 1500 }, run);
    };

    test("name each kind beside its estimate, and sum up the others", () => {
      const others = { DeleteObject: 2, GetBucketVersioning: 1 };
      expect(wordsAfter({ requests: { complete: true, sent: { ...sent, ...others } } })).toMatch(
        / It sent 6,018 requests \(estimates in brackets\): 3 ListObjectsV2 \(2\), 3,010 HeadObject \(3,000\), 1,500 GetObjectAcl \(1,500\), 1,502 CopyObject \(1,500\), 3 of other kinds\.$/,
      );
    });

    test("add up the sessions of a resumed run", () => {
      const requests = { complete: true, sent };
      expect(wordsAfter({ end: "interrupted", requests }, { requests })).toMatch(
        / It sent 12,030 requests .* 6,020 HeadObject \(3,000\), .* 3,004 CopyObject \(1,500\)\.$/,
      );
    });

    test.each([
      ["a session was killed", [{ endedAt: null, end: null }, { requests: { complete: true, sent } }]],
      ["a worker was killed", [{ requests: { complete: false, sent } }]],
    ] as const)("are a lower bound if %s", (_, sessions) => {
      expect(wordsAfter(...sessions)).toContain(" It sent at least 6,015 requests ");
    });

    test("are left out if no session recorded any, as in the records of earlier versions", () => {
      expect(wordsAfter({}, { endedAt: null, end: null })).toMatch(/ and an unknown time\.$/);
    });
  });

  test("say what the listing does not show, and if not all was listed", () => {
    const partial = planLimits(planOf(someObjects(), { complete: false }));
    expect(partial[0]).toContain("it is the most that can happen");
    expect(partial).toContain("Not all objects were listed: there are more than these.");
    const inspected = planLimits(planOf(new PlanTally(), { from: "inspection" }));
    expect(inspected).toHaveLength(1);
  });

  test("say that no ceiling is in force, instead of a duration", () => {
    const plan = planOf(someObjects(), { readsPerSecond: null, writesPerSecond: null });
    expect(new Map(planFacts(plan)).get("Duration")).toMatch(/^not known/);
  });
});
