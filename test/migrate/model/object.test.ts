import { expect, test } from "vitest";
import { activeLock } from "../../../migrate/model/object.js";

const NOW = new Date("2026-06-01T00:00:00Z");
const lockUntil = (retainUntil: string | null) => ({ mode: "GOVERNANCE", retainUntil, legalHold: "ON" });

test("activeLock drops an expired retention and keeps the legal hold", () => {
  expect(activeLock(lockUntil("2026-06-01T00:00:00Z"), NOW)).toEqual({
    mode: null,
    retainUntil: null,
    legalHold: "ON",
  });
});

test("activeLock keeps a retention that has not expired, and a lock without retention", () => {
  expect(activeLock(lockUntil("2026-06-01T00:00:01Z"), NOW)).toEqual(lockUntil("2026-06-01T00:00:01Z"));
  const held = { mode: null, retainUntil: null, legalHold: "ON" };
  expect(activeLock(held, NOW)).toEqual(held);
});
