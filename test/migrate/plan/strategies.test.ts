import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import { type Capabilities, capabilitiesFor, PROPERTIES } from "../../../migrate/model/capabilities.js";
import { LOSSES } from "../../../migrate/model/object.js";
import { ETAG_POLICIES, RACES } from "../../../migrate/model/policy.js";
import { RACE_GUARDS, type RefuseReason, STRATEGIES, type StrategyName } from "../../../migrate/model/reason.js";

import { SSE_S3, sseC } from "../../../migrate/model/target-sse.js";
import { kmsKey, sseKms } from "../../../migrate/model/target-sse-kms.js";
import { chooseStrategies, fallThrough, guardOf, whyNot } from "../../../migrate/plan/strategies.js";
import { lostOf } from "../../../migrate/plan/verify-copy.js";
import { capabilities, facts, policy } from "../fixtures/facts.js";
import { storeError } from "../fixtures/fake-store.js";

const GIB = 2 ** 30;
const MD5 = "0".repeat(32);
/** The documented capabilities of two providers, and one that promises nothing. */
const AWS = { copyIfMatch: true, completeMultipartIfMatch: true, putIfMatch: true };
const OVH = { completeMultipartIfMatch: true, putIfMatch: true };

const WAYS = ["update-encryption"] as const;

const anyFacts = fc
  .record({
    sizeBytes: fc.oneof(fc.constantFrom(0, 1, 2 ** 20, 5 * GIB, 5 * GIB + 1), fc.nat({ max: 2 ** 46 })),
    etag: fc.constantFrom(MD5, `${MD5}-3`, "opaque"),
    hiddenMetadata: fc.nat({ max: 1 }),
    storageClass: fc.constantFrom("STANDARD", "STANDARD_IA"),
  })
  .map(facts);
const flag = fc.boolean();
const anyCapabilities = fc
  .record({
    selfCopy: flag,
    selfCopyReplacing: flag,
    uploadPartCopy: flag,
    putIfMatch: flag,
    copyIfMatch: flag,
    completeMultipartIfMatch: flag,
    copyKeepsMetadata: flag,
    copyTakesStorageClass: flag,
  })
  .map((changes: Partial<Capabilities>) => capabilities(changes));
const anyPolicy = fc
  .record({
    race: fc.constantFrom(...RACES),
    etag: fc.constantFrom(...ETAG_POLICIES),
    acceptLoss: fc.subarray([...LOSSES]),
    copyCutoffBytes: fc.nat({ max: 2 ** 40 }),
  })
  .map(policy);

function names(...of: Parameters<typeof chooseStrategies>): readonly string[] {
  const choice = chooseStrategies(...of);
  return choice.kind === "refuse" ? [`refused: ${choice.reason}`] : choice.strategies.map(({ name }) => name);
}

const always = (check: (...of: Parameters<typeof chooseStrategies>) => void) =>
  fc.assert(fc.property(anyFacts, anyPolicy, anyCapabilities, check), { numRuns: 3000 });

describe("chooseStrategies", () => {
  test("returns under strict exactly the strategies with a destination condition", { tags: ["slow"] }, () => {
    always((of, by, can) => {
      const strict = chooseStrategies(of, { ...by, race: "strict" }, can);
      const off = chooseStrategies(of, { ...by, race: "off" }, can);
      const guarded =
        off.kind === "refuse" ? [] : off.strategies.filter(({ guard }) => guard === "source-and-destination");
      if (strict.kind === "strategies") expect(new Set(strict.strategies)).toEqual(new Set(guarded));
      else expect(guarded).toEqual([]);
    });
  });

  test("starts under auto with a guarded strategy if strict finds one", { tags: ["slow"] }, () => {
    always((of, by, can) => {
      const strict = chooseStrategies(of, { ...by, race: "strict" }, can);
      const auto = chooseStrategies(of, { ...by, race: "auto" }, can);
      if (strict.kind === "refuse") return;
      expect(auto).toMatchObject({ kind: "strategies" });
      if (auto.kind === "strategies") expect(auto.strategies[0]).toEqual(strict.strategies[0]);
    });
  });

  test("never returns a rewrite without a destination condition under auto", () => {
    always((of, by, can) => {
      const choice = chooseStrategies(of, { ...by, race: "auto" }, can);
      if (choice.kind === "refuse") return;
      expect(choice.strategies).not.toContainEqual({ name: "rewrite", guard: "source" });
    });
  });

  test("never returns a single copy for a too large object, or a multipart copy for an empty one", () => {
    always((of, by, can) => {
      const list = names(of, by, can);
      if (of.sizeBytes > can.maxCopyBytes) expect(list).not.toContain("copy");
      if (of.sizeBytes > can.maxCopyBytes) expect(list).not.toContain("rewrite");
      if (of.sizeBytes === 0) expect(list).not.toContain("copy-multipart");
    });
  });

  test("returns no strategy that loses metadata or storage class, unless that is accepted", () => {
    always((of, by, can) => {
      const list = names(of, { ...by, acceptLoss: [] }, can);
      if (of.hiddenMetadata > 0)
        for (const name of ["copy-replacing", "copy-multipart", "rewrite"]) expect(list).not.toContain(name);
      if (!can.copyKeepsMetadata) expect(list).not.toContain("copy");
      if (!can.copyTakesStorageClass && of.storageClass !== "STANDARD") expect(list).not.toContain("copy-replacing");
    });
  });

  test("keeps the ETag if required: single for single, multipart for multipart", { tags: ["slow"] }, () => {
    always((of, by, can) => {
      const list = names(of, { ...by, etag: "keep" }, can);
      if (of.etag === "opaque") expect(list[0]).toMatch(/^refused: /);
      if (of.etag === MD5) expect(list).not.toContain("copy-multipart");
      if (of.etag === `${MD5}-3`) expect(list[0]).toMatch(/^(copy-multipart$|refused: )/);
    });
  });
});

describe("order of strategies", () => {
  test.each([
    ["a store with every condition", AWS, 1024, ["copy", "copy-replacing", "rewrite", "copy-multipart"]],
    ["the same, above the cutoff", AWS, 6 * GIB, ["copy-multipart"]],
    ["conditions on PUT and parts, small", OVH, 1024, ["rewrite", "copy-multipart", "copy", "copy-replacing"]],
    ["conditions on PUT and parts, larger", OVH, GIB, ["copy-multipart", "rewrite", "copy", "copy-replacing"]],
    ["conditions on PUT and parts, empty", OVH, 0, ["rewrite", "copy", "copy-replacing"]],
    ["no condition at all", {}, 1024, ["copy", "copy-replacing", "copy-multipart"]],
  ])("matches the expected list on %s", (_name, can, sizeBytes, expected) => {
    expect(names(facts({ sizeBytes }), policy(), capabilities(can))).toEqual(expected);
  });

  test("starts with the cheapest under race off", () => {
    const list = names(facts({ sizeBytes: GIB }), policy({ race: "off" }), capabilities(OVH));
    expect(list).toEqual(["copy", "copy-replacing", "copy-multipart", "rewrite"]);
  });
});

/** A store whose one copy takes anything, and keeps no class. */
const NO_CLASS = { copyTakesStorageClass: false, uploadPartCopy: false, maxCopyBytes: 8 * GIB };

describe("key that seems to contain a version ID", () => {
  test.each(["?versionId=1", "a?versionId=null", "a?VersionID=x/b", "a%3FversionId=1", "100%", "a%zz"])(
    "is never copied in parts: %s",
    (key) => {
      const list = names(facts({ key, sizeBytes: 6 * GIB }), policy({ race: "off" }), capabilities());
      expect(list).toEqual(["refused: copy-unsupported"]);
      expect(names(facts({ key }), policy({ race: "off" }), capabilities(OVH))).toEqual([
        "copy",
        "copy-replacing",
        "rewrite",
      ]);
    },
  );

  test.each(["a?versionid", "a&versionId=1", "a?v=1", "versionId=1"])(
    "is copied in parts if it only looks similar: %s",
    (key) => {
      expect(names(facts({ key, sizeBytes: 6 * GIB }), policy(), capabilities())).toEqual(["copy-multipart"]);
    },
  );
});

describe("key with a percent sign", () => {
  const named = (partCopyTakesPercent: boolean) =>
    names(facts({ key: "day=1%3A2", sizeBytes: 6 * GIB }), policy(), capabilities({ partCopyTakesPercent }));
  test("is copied in parts if the probe saw that work", () => expect(named(true)).toEqual(["copy-multipart"]));
  test("is refused if the probe did not see that work", () =>
    expect(named(false)).toEqual(["refused: copy-unsupported"]));
});

describe("guardOf", () => {
  test.each([
    ["copy", {}, "source"],
    ["copy", { copySourceIfMatch: false }, "none"],
    ["copy", { copySourceIfMatch: false, copyIfMatch: true }, "source-and-destination"],
    ["copy-multipart", { partCopySourceIfMatch: false }, "none"],
    ["copy-multipart", { partCopySourceIfMatch: true, copySourceIfMatch: false }, "source"],
    ["rewrite", { copySourceIfMatch: false }, "source"],
    ["update-encryption", { copyIfMatch: true }, "nothing-replaced"],
    ["update-encryption", {}, "nothing-replaced"],
  ] as const)("returns for %s with %o: %s", (name, can, guard) => {
    expect(guardOf(name, capabilities(can))).toBe(guard);
  });

  test("puts the strategy with the best guard first under auto", () => {
    const list = names(facts(), policy(), capabilities({ copySourceIfMatch: false }));
    expect(list).toEqual(["copy-multipart", "copy", "copy-replacing"]);
  });
});

const TO_KMS = { target: sseKms(kmsKey("arn:aws:kms:r:111122223333:key/1", false)) };
const UPDATES = { ...AWS, updatesEncryption: true };
const sealed = (changes: Parameters<typeof facts>[0] = {}) =>
  facts({ encryption: { state: "sse-s3", evidence: "head-header" }, ...changes });
const NO_LOCK = { mode: null, retainUntil: null, legalHold: null };
const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

describe("update of the encryption", () => {
  const COPIES = ["copy", "copy-replacing", "rewrite", "copy-multipart"];

  test.each([
    ["an SSE-S3 object", sealed()],
    ["an object under another KMS key", sealed({ encryption: { state: "sse-kms", evidence: "head-header" } })],
    ["an empty one", sealed({ sizeBytes: 0 })],
    ["one of 6 GiB", sealed({ sizeBytes: 6 * GIB })],
    ["one with hidden metadata", sealed({ hiddenMetadata: 1 })],
    ["one whose retention is over", sealed({ lock: { ...NO_LOCK, mode: "COMPLIANCE", retainUntil: inDays(-1) } })],
    ["one whose legal hold is off", sealed({ lock: { ...NO_LOCK, legalHold: "OFF" } })],
    ["one in a class that copies lose", sealed({ storageClass: "STANDARD_IA" })],
  ])("comes first for %s, whatever the race protection", (_title, of) => {
    for (const race of RACES) {
      const [first] = names(
        of,
        policy({ ...TO_KMS, race }),
        capabilities({ ...UPDATES, copyTakesStorageClass: false }),
      );
      expect([race, first]).toEqual([race, "update-encryption"]);
    }
  });

  test("leaves the copies for a store that refuses it, and is alone if the ETag is to be kept", () => {
    const list = (etag: "any" | "keep") => names(sealed(), policy({ ...TO_KMS, etag }), capabilities(UPDATES));
    expect(list("any")).toEqual(["update-encryption", ...COPIES]);
    expect(list("keep")).toEqual(["update-encryption"]);
  });

  test.each([
    ["a plaintext object", facts(), TO_KMS, UPDATES],
    ["a customer key", sealed({ encryption: { state: "sse-c", evidence: "head-header" } }), TO_KMS, UPDATES],
    ["a retention", sealed({ lock: { ...NO_LOCK, mode: "GOVERNANCE", retainUntil: inDays(1) } }), TO_KMS, UPDATES],
    ["a legal hold", sealed({ lock: { ...NO_LOCK, legalHold: "ON" } }), TO_KMS, UPDATES],
    ["another class that was asked for", sealed({ copyClass: "STANDARD", restored: true }), TO_KMS, UPDATES],
    ["a target without a KMS key", sealed(), {}, UPDATES],
    ["a store that was not seen to do it", sealed(), TO_KMS, AWS],
    ["a store that was seen to damage objects by it", sealed(), TO_KMS, { ...UPDATES, closedWays: WAYS }],
  ] as const)("is not used for %s", (_title, of, by, can) => {
    const list = names(of, policy(by), capabilities(can));
    expect(list).not.toContain("update-encryption");
    expect(list[0]).toBe("copy");
  });
});

const SIEVES: readonly RefuseReason[] = [
  "copy-unsupported",
  "no-way-left",
  "metadata-cannot-be-carried",
  "storage-class-cannot-be-carried",
  "etag-cannot-be-kept",
  "no-destination-condition",
];
const BY_COST: readonly StrategyName[] = ["update-encryption", "copy", "copy-replacing", "copy-multipart", "rewrite"];

/** The same choice sieve by sieve, and sorted by the whole list. */
function chosenPlainly(...[of, by, known]: Parameters<typeof chooseStrategies>): ReturnType<typeof chooseStrategies> {
  const can = capabilitiesFor(of, by.target, known);
  if (of.sizeBytes > Math.min(can.maxObjectBytes, can.maxPartBytes * can.maxParts)) {
    return { kind: "refuse", reason: "larger-than-store-allows" };
  }
  const isSmall = of.sizeBytes <= by.rewriteBelowBytes;
  const costOf = (name: StrategyName) => {
    const cost = name === "rewrite" && isSmall ? 2.5 : BY_COST.indexOf(name);
    const isDear = lostOf(of, name, can.lostBy, by.target).includes("checksum") || (name === "rewrite" && !isSmall);
    return isDear ? cost + 5 : cost;
  };
  const cheapestFirst = (names: readonly StrategyName[]) => names.toSorted((a, b) => costOf(a) - costOf(b));
  const before = new Map<RefuseReason, readonly StrategyName[]>();
  let left = BY_COST;
  for (const [index, sieve] of SIEVES.entries()) {
    before.set(sieve, left);
    left = BY_COST.filter(
      (name) => !SIEVES.slice(0, index + 1).some((reason) => whyNot(name, of, by, known) === reason),
    );
    if (left.length === 0) return { kind: "refuse", reason: sieve };
  }
  const ways = cheapestFirst(left).map((name) => ({ name, guard: guardOf(name, can) }));
  const rankOf = ({ guard }: (typeof ways)[number]) => -RACE_GUARDS.indexOf(guard);
  const sorted = by.race === "off" ? ways : ways.toSorted((a, b) => rankOf(a) - rankOf(b));
  const [first, ...others] = sorted as [(typeof ways)[number], ...typeof ways];
  const asked = (["no-destination-condition", "etag-cannot-be-kept"] as const).find(
    (reason) => cheapestFirst(before.get(reason) ?? [])[0] === "copy",
  );
  return {
    kind: "strategies",
    strategies: [first, ...others],
    plainCopyFails: first.name === "copy" ? null : (asked ?? null),
  };
}

describe("choice of strategies", () => {
  const sometimes = <T>(...values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
  const laterOf = fc
    .record({
      key: fc.constantFrom("key", "day=1%3A2", "a?versionId=1"),
      encryption: fc
        .constantFrom("none", "sse-s3", "sse-kms", "sse-c")
        .map((state) => ({ state, evidence: "head-header" }) as const),
      copyClass: sometimes("STANDARD", "GLACIER_IR"),
      lock: fc.constantFrom(NO_LOCK, { ...NO_LOCK, mode: "GOVERNANCE" }, { ...NO_LOCK, legalHold: "ON" }),
      checksums: fc.constantFrom({}, { crc32: "x" }),
      userMetadata: fc.constantFrom({}, { a: "b" }),
      websiteRedirect: fc.constantFrom(null, "/"),
    })
    .map(({ copyClass, ...rest }) => (copyClass === undefined ? rest : { ...rest, copyClass }));
  const laterCan = fc.record({
    updatesEncryption: flag,
    copySourceIfMatch: flag,
    partCopySourceIfMatch: flag,
    conditionsOnCustomerKeys: flag,
    partCopyTakesPercent: flag,
    closedWays: fc.subarray([...STRATEGIES], { maxLength: 2 }),
    closedToCustomerKeys: fc.subarray([...STRATEGIES], { maxLength: 2 }),
    lostBy: fc.oneof(
      fc.constant({}),
      fc.dictionary(fc.constantFrom(...STRATEGIES), fc.subarray([...PROPERTIES], { maxLength: 3 })),
    ),
  });
  const laterBy = fc.record({
    target: fc.constantFrom(SSE_S3, sseC(customerKey(Buffer.alloc(32, 1))), TO_KMS.target),
    rewriteBelowBytes: fc.constantFrom(0, 2 ** 20, 2 ** 40),
  });

  test("is that of a plain search through all sieves", () => {
    const kinds = new Set<string>();
    const check = (...of: Parameters<typeof chooseStrategies>) => {
      const chosen = chooseStrategies(...of);
      expect(chosen).toEqual(chosenPlainly(...of));
      kinds.add(chosen.kind === "refuse" ? chosen.reason : `${chosen.strategies[0].name} ${chosen.plainCopyFails}`);
    };
    fc.assert(
      fc.property(
        anyFacts,
        laterOf,
        anyPolicy,
        laterBy,
        anyCapabilities,
        laterCan,
        (of, more, by, moreBy, can, moreCan) => check({ ...of, ...more }, { ...by, ...moreBy }, { ...can, ...moreCan }),
      ),
      { numRuns: 5000 },
    );
    check(facts({ etag: `${MD5}-3` }), policy({ etag: "keep" }), capabilities());
    // These cases came to each reason and to the fallbacks.
    expect([...kinds]).toEqual(
      expect.arrayContaining([
        "larger-than-store-allows",
        ...SIEVES,
        "copy null",
        "rewrite no-destination-condition",
        "copy-multipart etag-cannot-be-kept",
      ]),
    );
  });
});

describe("refusal by chooseStrategies", () => {
  test.each([
    ["larger-than-store-allows", { sizeBytes: 2 ** 60 }, {}, {}],
    ["copy-unsupported", { sizeBytes: 6 * GIB }, {}, { uploadPartCopy: false }],
    ["metadata-cannot-be-carried", { sizeBytes: 6 * GIB, hiddenMetadata: 1 }, {}, {}],
    ["etag-cannot-be-kept", { etag: "opaque" }, { etag: "keep" }, {}],
    ["no-destination-condition", {}, { race: "strict" }, {}],
    // Only the rewrite is left, which nothing guards.
    ["no-destination-condition", { storageClass: "STANDARD_IA" }, { copyCutoffBytes: 8 * GIB }, NO_CLASS],
  ] as const)("names the reason %s", (reason, of, by, can) => {
    expect(names(facts(of), policy(by), capabilities(can))).toEqual([`refused: ${reason}`]);
  });

  test("names storage-class-cannot-be-carried for a requested class, even STANDARD, despite acceptLoss", () => {
    const of = facts({ storageClass: "GLACIER", restored: true, copyClass: "STANDARD", hiddenMetadata: 1 });
    const mayLose = policy({ acceptLoss: ["storage-class"] });
    expect(names(of, mayLose, capabilities(NO_CLASS))).toEqual(["refused: storage-class-cannot-be-carried"]);
    expect(names(of, mayLose, capabilities())).toEqual(["copy"]);
  });

  test("names storage-class-cannot-be-carried if only single copies can carry the object", () => {
    const of = facts({ storageClass: "STANDARD_IA", hiddenMetadata: 1 });
    const found = names(of, policy(), capabilities(NO_CLASS));
    expect(found).toEqual(["refused: storage-class-cannot-be-carried"]);
    expect(names(of, policy({ acceptLoss: ["storage-class"] }), capabilities(NO_CLASS))).toEqual(["copy"]);
  });
});

describe("fallThrough", () => {
  const choice = chooseStrategies(facts({ sizeBytes: GIB }), policy({ race: "off" }), capabilities());
  const all = choice.kind === "strategies" ? choice.strategies : [];
  const left = (error: ReturnType<typeof storeError>) => fallThrough(error, all)?.map(({ name }) => name) ?? null;

  test.each([
    [storeError("illegal-self-copy", { operation: "copyObject" }), ["copy-replacing", "copy-multipart", "rewrite"]],
    [storeError("not-implemented", { operation: "copyObject" }), ["copy-multipart", "rewrite"]],
    [storeError("too-large", { operation: "copyObject" }), ["copy-multipart", "rewrite"]],
    [storeError("not-implemented", { operation: "uploadPartCopy" }), ["copy", "copy-replacing", "rewrite"]],
    [storeError("not-implemented", { operation: "putObject" }), ["copy", "copy-replacing", "copy-multipart"]],
  ])("returns the remaining strategies after %s", (error, expected) => {
    expect(left(error)).toEqual(expected);
  });

  test.each(["not-implemented", "bad-request", "access-denied", "archived", "other"] as const)(
    "returns the copies after an update that ended with %s",
    (kind) => {
      const update = { name: "update-encryption", guard: "nothing-replaced" } as const;
      const error = storeError(kind, { operation: "updateObjectEncryption" });
      expect(fallThrough(error, [update, ...all])?.map(({ name }) => name)).toEqual(all.map(({ name }) => name));
    },
  );

  test.each(["unreachable", "server-error", "throttled", "not-found", "expired-credentials"] as const)(
    "returns nothing after an update that ended with %s",
    (kind) => expect(left(storeError(kind, { operation: "updateObjectEncryption" }))).toBeNull(),
  );

  test.each(["access-denied", "precondition-failed", "server-error", "bad-request"] as const)(
    "returns nothing after %s",
    (kind) => {
      expect(left(storeError(kind, { operation: "copyObject" }))).toBeNull();
    },
  );

  test("returns nothing after a read that is not implemented", () => {
    expect(left(storeError("not-implemented", { operation: "getObjectAcl" }))).toBeNull();
  });
});
