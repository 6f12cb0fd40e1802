import { expect, test } from "vitest";
import { activeLock } from "../../../migrate/model/object.js";

const NOW = new Date("2026-06-01T00:00:00Z");
const lockUntil = (retainUntil: string | null) => ({ mode: "GOVERNANCE", retainUntil, legalHold: "ON" });

test("a retention that has ended is none, and the legal hold stays", () => {
  expect(activeLock(lockUntil("2026-06-01T00:00:00Z"), NOW)).toEqual({
    mode: null,
    retainUntil: null,
    legalHold: "ON",
  });
});

test("a retention that has not ended, or a lock without one, is as it was", () => {
  expect(activeLock(lockUntil("2026-06-01T00:00:01Z"), NOW)).toEqual(lockUntil("2026-06-01T00:00:01Z"));
  const held = { mode: null, retainUntil: null, legalHold: "ON" };
  expect(activeLock(held, NOW)).toEqual(held);
});
