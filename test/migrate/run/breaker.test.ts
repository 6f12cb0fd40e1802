import { describe, expect, test } from "vitest";
import { RunError } from "../../../migrate/errors.js";
import type { Outcome } from "../../../migrate/journal/record.js";
import { createBreaker } from "../../../migrate/object/for-each-bounded.js";
import { outcomeRecord } from "../fixtures/records.js";

const FAILED: Outcome = { kind: "failed", reason: "not-encrypted-after-copy", detail: "HEAD shows none" };
const times = (count: number, outcome: Outcome) => Array.from({ length: count }, () => outcomeRecord({ outcome }));

describe("the breaker", () => {
  test("ends a run of which the first 20 objects failed, and says why the last did", () => {
    const breaker = createBreaker();
    for (const record of times(19, FAILED)) breaker(record);
    expect(() => breaker(outcomeRecord({ outcome: FAILED }))).toThrow(RunError);
    expect(() => breaker(outcomeRecord({ outcome: FAILED }))).toThrow(/HEAD shows none/);
  });

  test.each<Outcome>([
    { kind: "migrated", strategy: "copy", guard: "source" },
    { kind: "already-encrypted", reason: "sse-s3" },
    { kind: "vanished" },
  ])("lets a run go on once one object did not fail: %j", (outcome) => {
    const breaker = createBreaker();
    for (const record of times(19, FAILED)) breaker(record);
    breaker(outcomeRecord({ outcome }));
    expect(() => times(100, FAILED).forEach(breaker)).not.toThrow();
  });
});
