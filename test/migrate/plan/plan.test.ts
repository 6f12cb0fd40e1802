import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import type { Capabilities } from "../../../migrate/model/capabilities.js";
import { type CustomerKey, ENCRYPTION_STATES } from "../../../migrate/model/encryption.js";
import { LOSSES } from "../../../migrate/model/object.js";
import { ETAG_POLICIES, type Policy, RACES } from "../../../migrate/model/policy.js";
import { decisionSchema, REASON_WORDS } from "../../../migrate/model/reason.js";
import { SSE_S3, sseC } from "../../../migrate/model/target-sse.js";
import { kmsKey, sseKms } from "../../../migrate/model/target-sse-kms.js";
import { plan as decide, recordedDecision } from "../../../migrate/plan/plan.js";
import { chooseStrategies } from "../../../migrate/plan/strategies.js";
import { capabilities, facts } from "../fixtures/facts.js";

const GIB = 2 ** 30;
const policy: Policy = {
  target: SSE_S3,
  copyCutoffBytes: 5 * GIB,
  partBytes: GIB,
  rewriteBelowBytes: 2 ** 20,
  race: "auto",
  etag: "any",
  acceptLoss: [],
};

/** The decision as the journal has it. */
const plan = (...of: Parameters<typeof decide>) => recordedDecision(decide(...of));

const anyFacts = fc
  .record({
    sizeBytes: fc.nat({ max: 2 ** 50 }),
    archived: fc.boolean(),
    clientSideEncrypted: fc.boolean(),
    encryption: fc.record({
      state: fc.constantFrom(...ENCRYPTION_STATES),
      evidence: fc.constant("head-header" as const),
    }),
  })
  .map(facts);

const anyCapabilities = fc
  .record({
    sseS3: fc.boolean(),
    encryptsAlways: fc.boolean(),
    selfCopy: fc.boolean(),
    selfCopyReplacing: fc.boolean(),
    uploadPartCopy: fc.boolean(),
    putIfMatch: fc.boolean(),
    copyKeepsMetadata: fc.boolean(),
    copyTakesStorageClass: fc.boolean(),
    copyIfMatch: fc.boolean(),
    copySourceIfMatch: fc.boolean(),
    completeMultipartIfMatch: fc.boolean(),
    objectAcl: fc.boolean(),
    objectTagging: fc.boolean(),
    maxCopyBytes: fc.nat({ max: 2 ** 43 }),
    maxPartBytes: fc.nat({ max: 2 ** 33 }),
    maxParts: fc.integer({ min: 1, max: 10_000 }),
    maxObjectBytes: fc.nat({ max: 2 ** 49 }),
  })
  .map((changes) => capabilities(changes as Partial<Capabilities>));

const anyPolicy = fc.record({
  target: fc.constant(SSE_S3),
  copyCutoffBytes: fc.nat({ max: 2 ** 45 }),
  partBytes: fc.integer({ min: 1, max: 2 ** 33 }),
  rewriteBelowBytes: fc.nat({ max: 2 ** 40 }),
  race: fc.constantFrom(...RACES),
  etag: fc.constantFrom(...ETAG_POLICIES),
  acceptLoss: fc.subarray([...LOSSES]),
});

describe("plan", () => {
  test("decides on every possible object, with a documented reason", { tags: ["slow"] }, () => {
    fc.assert(
      fc.property(anyFacts, anyPolicy, anyCapabilities, (of, by, can) => {
        const decision = plan(of, by, can);
        expect(decisionSchema.parse(decision)).toEqual(decision);
        expect(REASON_WORDS[decision.reason]).not.toBe("");
      }),
      { numRuns: 2000 },
    );
  });

  test("carries the strategies that the copy will try, and records the best of them alone", () => {
    const of = facts({ sizeBytes: GIB });
    const can = capabilities({ completeMultipartIfMatch: true });
    const decision = decide(of, policy, can);
    const strategies = [
      { name: "copy-multipart", guard: "source-and-destination" },
      { name: "copy", guard: "source" },
      { name: "copy-replacing", guard: "source" },
    ];
    expect(decision).toEqual({ kind: "encrypt", reason: "unencrypted-guarded", strategies });
    expect(recordedDecision(decision)).toEqual({ kind: "copy-multipart", reason: "unencrypted-guarded" });
  });

  test("names a condition or a kept ETag as its reason if the plain copy were the best without it", {
    tags: ["slow"],
  }, () => {
    const best = (of: Parameters<typeof facts>[0], by: Partial<Policy>, can: Partial<Capabilities>) => {
      const choice = chooseStrategies(facts(of), { ...policy, ...by }, capabilities(can));
      return choice.kind === "refuse" ? null : choice.strategies[0].name;
    };
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 34 }), anyPolicy, anyCapabilities, (sizeBytes, by, store) => {
        const of = facts({ sizeBytes, etag: `${"0".repeat(32)}${sizeBytes % 2 === 0 ? "" : "-2"}` });
        const can = { ...store, sseS3: true, maxObjectBytes: 2 ** 50 };
        const { kind, reason } = plan(of, by, can);
        reached.add(reason);
        const without = (changes: Partial<Policy>) => best(of, { ...by, ...changes }, can) === "copy";
        if (reason === "unencrypted-guarded")
          expect([kind === "copy", without({ race: "off" })]).toEqual([false, true]);
        if (reason === "unencrypted-no-plain-copy") expect(without({ race: "off", etag: "any" })).toBe(false);
        if (reason === "unencrypted-keeping-etag") {
          expect([without({ race: "off" }), without({ race: "off", etag: "any" })]).toEqual([false, true]);
        }
      }),
      { numRuns: 2000 },
    );
    expect([...reached]).toEqual(
      expect.arrayContaining(["unencrypted-guarded", "unencrypted-keeping-etag", "unencrypted-no-plain-copy"]),
    );
  });

  test("copies only objects known to be unencrypted", () => {
    fc.assert(
      fc.property(anyFacts, anyPolicy, anyCapabilities, (of, by, can) => {
        const copies = !["skip", "refuse", "none"].includes(plan(of, by, can).kind);
        return !copies || (of.encryption.state === "none" && !of.archived && can.sseS3);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    [{}, { copyIfMatch: true }, "unencrypted"],
    [{ sizeBytes: 6 * GIB }, {}, "unencrypted-above-copy-cutoff"],
    [{ sizeBytes: GIB }, { completeMultipartIfMatch: true }, "unencrypted-guarded"],
    [{}, { putIfMatch: true }, "unencrypted-guarded"],
    [{}, { selfCopy: false }, "unencrypted-no-plain-copy"],
  ])("gives for %o with %o the reason %s", (of, can, reason) => {
    expect(plan(facts(of), policy, capabilities(can)).reason).toBe(reason);
  });

  test("copies a multipart object in parts if its ETag must be kept", () => {
    const of = facts({ etag: `${"0".repeat(32)}-2`, sizeBytes: GIB });
    expect(plan(of, { ...policy, etag: "keep" }, capabilities())).toEqual({
      kind: "copy-multipart",
      reason: "unencrypted-keeping-etag",
    });
  });

  test.each([
    [5 * GIB, "copy"],
    [5 * GIB + 1, "copy-multipart"],
  ])("copies %d bytes by %s with a cutoff of 5 GiB", (sizeBytes, kind) => {
    expect(plan(facts({ sizeBytes }), policy, capabilities()).kind).toBe(kind);
  });

  test("skips archived objects as archived, unless they are already encrypted", () => {
    expect(plan(facts({ archived: true }), policy, capabilities())).toEqual({ kind: "skip", reason: "archived" });
    const encryption = { state: "sse-s3", evidence: "head-header" } as const;
    expect(plan(facts({ archived: true, encryption }), policy, capabilities()).reason).toBe("sse-s3");
  });

  test("refuses an object one byte above what its parts can hold", () => {
    const can = capabilities({ maxPartBytes: 100, maxParts: 10, maxCopyBytes: 50 });
    expect(plan(facts({ sizeBytes: 1001 }), policy, can)).toEqual({
      kind: "refuse",
      reason: "larger-than-store-allows",
    });
    expect(plan(facts({ sizeBytes: 1000 }), policy, can).kind).toBe("copy-multipart");
  });
});

describe("plan with customer keys", () => {
  const [own, target] = [customerKey(Buffer.alloc(32, 1)), customerKey(Buffer.alloc(32, 2))];
  const underKey = (key: CustomerKey | null) =>
    facts({ encryption: { state: "sse-c", evidence: "head-header" }, customerKey: key });
  const toKey: Policy = { ...policy, target: sseC(target) };
  const can = capabilities();

  test("skips objects without a matching key, and objects under the target key", () => {
    expect(plan(underKey(null), policy, can)).toEqual({ kind: "skip", reason: "sse-c-without-key" });
    expect(plan(underKey(null), toKey, can)).toEqual({ kind: "skip", reason: "sse-c-without-key" });
    expect(plan(underKey(customerKey(Buffer.alloc(32, 2))), toKey, can)).toEqual({
      kind: "skip",
      reason: "customer-key",
    });
  });

  test("copies opened objects to SSE-S3 or the target key, and plaintext to the target key", () => {
    expect(plan(underKey(own), policy, can)).toEqual({ kind: "copy", reason: "sse-c-to-sse-s3" });
    expect(plan(underKey(own), toKey, can)).toEqual({ kind: "copy", reason: "sse-c-to-other-key" });
    expect(plan(facts(), toKey, can)).toEqual({ kind: "copy", reason: "unencrypted-to-sse-c" });
  });

  test.each(["sse-s3", "sse-kms", "dsse-kms", "provider-managed"] as const)(
    "skips %s objects with a customer key as the target",
    (state) => {
      const encryption = { state, evidence: "head-header" } as const;
      expect(plan(facts({ encryption }), toKey, can).kind).toBe("skip");
    },
  );

  test("does not need SSE-S3 for a customer key, and skips archived objects under one", () => {
    expect(plan(facts(), toKey, capabilities({ sseS3: false })).kind).toBe("copy");
    expect(plan({ ...underKey(own), archived: true }, policy, can)).toEqual({ kind: "skip", reason: "archived" });
  });

  test("refuses to keep an ETag when copying from or to a customer key", () => {
    const kept = { kind: "refuse", reason: "etag-cannot-be-kept" };
    expect(plan(underKey(own), { ...policy, etag: "keep" }, can)).toEqual(kept);
    expect(plan(facts(), { ...toKey, etag: "keep" }, can)).toEqual(kept);
    expect(plan(facts(), { ...policy, etag: "keep" }, can).kind).toBe("copy");
  });

  test("relies on no condition that the store lacks under customer keys", () => {
    const guarded = { copyIfMatch: true, completeMultipartIfMatch: true, putIfMatch: true };
    const without = capabilities({ ...guarded, conditionsOnCustomerKeys: false });
    const strict = { ...policy, race: "strict" } as const;
    const refused = { kind: "refuse", reason: "no-destination-condition" };
    expect(plan(underKey(own), strict, without)).toEqual(refused);
    expect(plan(facts(), { ...toKey, race: "strict" }, without)).toEqual(refused);
    expect(plan(facts(), strict, without).kind).toBe("copy");
    expect(plan(underKey(own), strict, { ...without, conditionsOnCustomerKeys: true }).kind).toBe("copy");
  });
});

describe("plan for archived objects under a KMS key", () => {
  const target = sseKms(kmsKey("arn:aws:kms:r:111122223333:key/1", false));
  const updates = capabilities({ updatesEncryption: true });
  const sealed = { encryption: { state: "sse-s3", evidence: "head-header" }, storageClass: "GLACIER" } as const;
  const archived = facts({ ...sealed, archived: true });
  const restored = facts({ ...sealed, restored: true });

  test("updates them, and tries no copy, since none can read them or keep their restore", () => {
    for (const of of [archived, restored]) {
      expect(decide(of, { ...policy, target }, updates)).toEqual({
        kind: "encrypt",
        reason: "sse-s3-to-sse-kms",
        strategies: [{ name: "update-encryption", guard: "nothing-replaced" }],
      });
    }
  });

  test.each([
    ["a store that does not update them", archived, capabilities(), "archived"],
    ["a restored one there", restored, capabilities(), "restored-archive"],
    ["a plaintext one", { ...archived, encryption: facts().encryption }, updates, "archived"],
    ["one under a legal hold", { ...archived, lock: { ...archived.lock, legalHold: "ON" } }, updates, "archived"],
    [
      "a closed way",
      archived,
      capabilities({ updatesEncryption: true, closedWays: ["update-encryption"] }),
      "archived",
    ],
  ] as const)("skips %s", (_title, of, can, reason) => {
    expect(plan(of, { ...policy, target }, can)).toEqual({ kind: "skip", reason });
  });
});
