import { describe, expect, test } from "vitest";
import { RunError } from "../../../migrate/errors.js";
import type { Outcome } from "../../../migrate/journal/record.js";
import { createBreaker } from "../../../migrate/object/for-each-bounded.js";
import { outcomeRecord } from "../fixtures/records.js";

const FAILED: Outcome = { kind: "failed", reason: "not-encrypted-after-copy", detail: "HEAD shows none" };
const times = (count: number, outcome: Outcome) => Array.from({ length: count }, () => outcomeRecord({ outcome }));

describe("createBreaker", () => {
  test("ends the run after 20 failed objects at the start, with the error of the last one", () => {
    const breaker = createBreaker();
    for (const record of times(19, FAILED)) breaker(record);
    expect(() => breaker(outcomeRecord({ outcome: FAILED }))).toThrow(RunError);
    expect(() => breaker(outcomeRecord({ outcome: FAILED }))).toThrow(/HEAD shows none/);
  });

  test.each<Outcome>([
    { kind: "migrated", strategy: "copy", guard: "source" },
    { kind: "already-encrypted", reason: "sse-s3" },
    { kind: "vanished" },
  ])("no longer ends the run after one object that did not fail: %j", (outcome) => {
    const breaker = createBreaker();
    for (const record of times(19, FAILED)) breaker(record);
    breaker(outcomeRecord({ outcome }));
    expect(() => times(100, FAILED).forEach(breaker)).not.toThrow();
  });
});
