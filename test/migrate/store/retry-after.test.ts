import { expect, test } from "vitest";
import { retryAfter } from "../../../migrate/store/store-error.js";

const NOW = Date.parse("2026-01-01T00:00:00Z");

test.each([
  ["3", 3000],
  [" 120 ", 120_000],
  ["Thu, 01 Jan 2026 00:00:10 GMT", 10_000],
  ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
])("retryAfter reads %j as %d ms", (header, retryAfterMs) => {
  expect(retryAfter(503, header, NOW)).toEqual({ retryAfterMs });
  expect(retryAfter(429, header, NOW)).toEqual({ retryAfterMs });
});

test.each([
  [503, undefined],
  [503, "soon"],
  [503, ""],
  [200, "3"],
  [null, "3"],
])("retryAfter ignores for status %d the header %j", (status, header) => {
  expect(retryAfter(status, header, NOW)).toEqual({});
});
