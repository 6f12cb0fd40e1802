import { describe, expect, test } from "vitest";
import { resultOfDecision, resultOfInspection } from "../../../migrate/object/object-result.js";
import { plan } from "../../../migrate/plan/plan.js";
import { capabilities, facts, policy } from "../fixtures/facts.js";
import { storeError } from "../fixtures/fake-store.js";

const REF = {
  bucket: "b",
  key: "k",
  sizeBytes: 7,
  etag: "e",
  lastModified: "2026-01-01T00:00:00.000Z",
  storageClass: "GLACIER",
};

const found = (changes: Parameters<typeof facts>[0], mode: "audit" | "dry-run" | "migrate") => {
  const of = facts(changes);
  return resultOfDecision(of, plan(of, policy(), capabilities()), mode);
};

describe("resultOfInspection", () => {
  test("keeps the values of the listing for a vanished object", () => {
    const { before, outcome } = resultOfInspection(REF, { kind: "vanished" });
    expect(before).toMatchObject({ state: "unknown", evidence: null, sizeBytes: 7, storageClass: "GLACIER" });
    expect(outcome).toEqual({ kind: "vanished" });
  });

  test("skips an SSE-C object without its key", () => {
    const { before, outcome, requestIds } = resultOfInspection(REF, { kind: "sse-c", requestId: "R" });
    expect(before.state).toBe("sse-c");
    expect(outcome).toEqual({ kind: "skipped", reason: "sse-c-without-key" });
    expect(requestIds).toEqual(["R"]);
  });

  test.each([
    ["access-denied", "access-denied"],
    ["invalid-credentials", "access-denied"],
    ["throttled", "throttled"],
    ["unreachable", "unreachable"],
    ["tls", "unreachable"],
    ["server-error", "store-error"],
    ["bad-request", "store-error"],
  ] as const)("fails on %s with reason %s and the error of the store", (kind, reason) => {
    const { outcome, before } = resultOfInspection(REF, { kind: "failed", error: storeError(kind) });
    expect(outcome).toEqual({ kind: "failed", reason, detail: `headObject: ${kind}: for the test` });
    expect(before.state).toBe("unknown");
  });
});

describe("resultOfDecision", () => {
  test.each([
    ["audit", "audit-only"],
    ["dry-run", "dry-run"],
  ] as const)("skips a plaintext object in %s mode, and keeps the planned copy", (mode, reason) => {
    const { outcome, decision, after } = found({}, mode);
    expect(outcome).toEqual({ kind: "skipped", reason });
    expect(decision).toEqual({ kind: "copy", reason: "unencrypted" });
    expect(after).toBeNull();
  });

  test.each([
    ["sse-s3", "sse-s3"],
    ["sse-kms", "stronger-encryption"],
    ["dsse-kms", "stronger-encryption"],
    ["provider-managed", "provider-managed"],
  ] as const)("counts %s as already encrypted in every mode", (state, reason) => {
    const encryption = { state, evidence: "head-header" } as const;
    for (const mode of ["audit", "dry-run", "migrate"] as const) {
      expect(found({ encryption }, mode).outcome).toEqual({ kind: "already-encrypted", reason });
    }
  });

  test("skips an archived object", () => {
    expect(found({ archived: true }, "migrate").outcome).toEqual({ kind: "skipped", reason: "archived" });
  });

  test("notes client-side encryption only", () => {
    expect(found({ clientSideEncrypted: true }, "audit").notes).toHaveLength(1);
    expect(found({}, "audit").notes).toEqual([]);
  });
});
