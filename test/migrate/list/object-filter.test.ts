import { describe, expect, test } from "vitest";
import { type ObjectFilters, objectFilter } from "../../../migrate/list/object-filter.js";
import type { ObjectRef } from "../../../migrate/list/object-ref.js";

const NONE: ObjectFilters = {
  include: [],
  exclude: [],
  minSizeBytes: null,
  maxSizeBytes: null,
  modifiedBefore: null,
  modifiedAfter: null,
  storageClasses: [],
};
const REF: ObjectRef = {
  bucket: "b",
  key: "logs/2026/a.gz",
  sizeBytes: 100,
  etag: "e",
  lastModified: "2026-01-01T00:00:00.000Z",
  storageClass: "STANDARD",
};
const passes = (filters: Partial<ObjectFilters>, ref: Partial<ObjectRef> = {}) =>
  objectFilter({ ...NONE, ...filters })({ ...REF, ...ref });

describe("a filter", () => {
  test("that asks for nothing lets every key pass", () => {
    for (const key of ["", "/", ".", "..", ".hidden", "a\nb", "🦊", "\\"]) expect(passes({}, { key })).toBe(true);
  });

  test.each([
    ["logs/**", "logs/2026/a.gz", true],
    ["logs/**", "logs", false],
    ["logs/*", "logs/2026/a.gz", false],
    ["*.gz", "a.gz", true],
    ["*.gz", "logs/a.gz", false],
    ["**/*.gz", "logs/2026/a.gz", true],
    ["**", ".hidden/.file", true],
    ["**/*.{gz,zip}", "x/a.zip", true],
    ["!logs/**", "data/a", false],
    ["**", "dir/", true],
    ["a?c", "abc", true],
    ["LOGS/**", "logs/a", false],
  ])("by the glob %s lets %s pass: %s", (glob, key, expected) => {
    expect(passes({ include: [glob] }, { key })).toBe(expected);
    expect(passes({ exclude: [glob] }, { key })).toBe(!expected);
  });

  test("that excludes wins over one that includes, and any include is enough", () => {
    expect(passes({ include: ["logs/**"], exclude: ["**/*.gz"] })).toBe(false);
    expect(passes({ include: ["data/**", "logs/**"] })).toBe(true);
  });

  test("by size includes both bounds", () => {
    expect(passes({ minSizeBytes: 100, maxSizeBytes: 100 })).toBe(true);
    expect(passes({ minSizeBytes: 101 })).toBe(false);
    expect(passes({ maxSizeBytes: 99 })).toBe(false);
    expect(passes({ maxSizeBytes: 0 }, { sizeBytes: 0 })).toBe(true);
  });

  test("by date excludes both bounds", () => {
    const then = new Date(REF.lastModified);
    expect(passes({ modifiedBefore: then })).toBe(false);
    expect(passes({ modifiedAfter: then })).toBe(false);
    expect(passes({ modifiedBefore: new Date(then.getTime() + 1) })).toBe(true);
    expect(passes({ modifiedAfter: new Date(then.getTime() - 1) })).toBe(true);
  });

  test("by class takes any of those named, and no other", () => {
    expect(passes({ storageClasses: ["GLACIER", "STANDARD"] })).toBe(true);
    expect(passes({ storageClasses: ["GLACIER"] })).toBe(false);
  });
});
