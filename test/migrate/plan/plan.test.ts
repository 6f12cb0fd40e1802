import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENCRYPTION_STATES } from "../../../migrate/inspect/encryption-state.js";
import { decisionSchema } from "../../../migrate/journal/record.js";
import type { Capabilities } from "../../../migrate/plan/capabilities.js";
import { LOSSES, type Policy, plan, RACES } from "../../../migrate/plan/plan.js";
import { REASON_WORDS } from "../../../migrate/plan/reason.js";
import { capabilities, facts } from "../fixtures/facts.js";

const GIB = 2 ** 30;
const policy: Policy = { copyCutoffBytes: 5 * GIB, partBytes: GIB, race: "auto", acceptLoss: [] };

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
  copyCutoffBytes: fc.nat({ max: 2 ** 45 }),
  partBytes: fc.integer({ min: 1, max: 2 ** 33 }),
  race: fc.constantFrom(...RACES),
  acceptLoss: fc.subarray([...LOSSES]),
});

describe("plan", () => {
  test("decides on every object that there can be, for a reason that has words", () => {
    fc.assert(
      fc.property(anyFacts, anyPolicy, anyCapabilities, (of, by, can) => {
        const decision = plan(of, by, can);
        expect(decisionSchema.parse(decision)).toEqual(decision);
        expect(REASON_WORDS[decision.reason]).not.toBe("");
      }),
      { numRuns: 2000 },
    );
  });

  test("copies nothing but what is known to be unencrypted", () => {
    fc.assert(
      fc.property(anyFacts, anyPolicy, anyCapabilities, (of, by, can) => {
        const copies = plan(of, by, can).kind.startsWith("copy");
        return !copies || (of.encryption.state === "none" && !of.archived && can.sseS3 && can.selfCopy);
      }),
      { numRuns: 2000 },
    );
  });

  test("never copies in one piece what is larger than a copy may be, nor in parts what is empty", () => {
    fc.assert(
      fc.property(anyFacts, anyPolicy, anyCapabilities, (of, by, can) => {
        const { kind } = plan(of, by, can);
        if (kind === "copy" && of.sizeBytes > 0) expect(of.sizeBytes).toBeLessThanOrEqual(can.maxCopyBytes);
        if (kind === "copy-multipart") expect(of.sizeBytes).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  test("under `race: strict` copies nothing without a condition on the destination, and leaves out nothing else", () => {
    fc.assert(
      fc.property(anyFacts, anyPolicy, anyCapabilities, (of, by, can) => {
        const strict = plan(of, { ...by, race: "strict" }, can);
        const auto = plan(of, { ...by, race: "auto" }, can);
        if (strict.kind === "copy") expect(can.copyIfMatch).toBe(true);
        if (strict.kind === "copy-multipart") expect(can.completeMultipartIfMatch).toBe(true);
        if (auto.kind !== "copy" && auto.kind !== "copy-multipart") expect(strict).toEqual(auto);
        if (strict.kind === "refuse" && strict.reason === "no-destination-condition") {
          expect(auto.kind).toMatch(/^copy/);
          expect(can.completeMultipartIfMatch && of.sizeBytes > 0).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("copies no object in parts whose metadata HEAD cannot show, and any other as before", () => {
    fc.assert(
      fc.property(anyFacts, anyPolicy, anyCapabilities, (of, by, can) => {
        const shown = plan({ ...of, hiddenMetadata: 0 }, by, can);
        const hidden = plan({ ...of, hiddenMetadata: 1 }, by, can);
        const refused = { kind: "refuse", reason: "metadata-cannot-be-carried" };
        expect(hidden).toEqual(shown.kind === "copy-multipart" ? refused : shown);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    [5 * GIB, "copy"],
    [5 * GIB + 1, "copy-multipart"],
  ])("copies %d bytes by %s where the cutoff is 5 GiB", (sizeBytes, kind) => {
    expect(plan(facts({ sizeBytes }), policy, capabilities()).kind).toBe(kind);
  });

  test("skips what is archived with that reason, unless it is encrypted already", () => {
    expect(plan(facts({ archived: true }), policy, capabilities())).toEqual({ kind: "skip", reason: "archived" });
    const encryption = { state: "sse-s3", evidence: "head-header" } as const;
    expect(plan(facts({ archived: true, encryption }), policy, capabilities()).reason).toBe("sse-s3");
  });

  test("refuses an object that its parts cannot hold, and takes one byte less", () => {
    const can = capabilities({ maxPartBytes: 100, maxParts: 10, maxCopyBytes: 50 });
    expect(plan(facts({ sizeBytes: 1001 }), policy, can)).toEqual({
      kind: "refuse",
      reason: "larger-than-store-allows",
    });
    expect(plan(facts({ sizeBytes: 1000 }), policy, can).kind).toBe("copy-multipart");
  });
});
