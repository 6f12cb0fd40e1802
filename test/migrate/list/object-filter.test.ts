import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ObjectFilters, objectFilter } from "../../../migrate/list/object-filter.js";
import type { ObjectRef } from "../../../migrate/model/object.js";

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

describe("objectFilter", () => {
  test("accepts every key if no filter is given", () => {
    for (const key of ["", "/", ".", "..", ".hidden", "a\nb", "🦊", "\\"]) expect(passes({}, { key })).toBe(true);
  });

  test.each([
    ["logs/**", "logs/2026/a.gz", true],
    ["logs/**", "logs", false],
    ["logs/*", "logs/2026/a.gz", true],
    ["logs/*", "data/logs/a.gz", false],
    ["logs/*", "logs", false],
    ["logs/2*.gz", "logs/2026/a.gz", true],
    ["*.gz", "a.gz", true],
    ["*.gz", "logs/a.gz", true],
    ["*.gz", "logs/a.zip", false],
    ["**/*.gz", "a.gz", true],
    ["**/*.gz", "logs/2026/a.gz", true],
    ["**", ".hidden/.file", true],
    ["**/*.{gz,zip}", "x/a.zip", true],
    ["!logs/**", "data/a", false],
    ["**", "dir/", true],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["LOGS/**", "logs/a", false],
    ["logs/**", "logs/two\nlines", true],
    ["logs/**", "logs/../a", true],
    ["logs/**", "logs/.", true],
    ["a/../b", "a/../b", true],
    ["a/../b", "b", false],
    ["*/b", "./b", true],
    ["**", "..", true],
  ])("matches glob %s with %s: %s", (glob, key, expected) => {
    expect(passes({ include: [glob] }, { key })).toBe(expected);
    expect(passes({ exclude: [glob] }, { key })).toBe(!expected);
  });

  test("prefers exclude to include, and accepts a match of any include", () => {
    expect(passes({ include: ["logs/**"], exclude: ["**/*.gz"] })).toBe(false);
    expect(passes({ include: ["data/**", "logs/**"] })).toBe(true);
  });

  test("includes both bounds of a size range", () => {
    expect(passes({ minSizeBytes: 100, maxSizeBytes: 100 })).toBe(true);
    expect(passes({ minSizeBytes: 101 })).toBe(false);
    expect(passes({ maxSizeBytes: 99 })).toBe(false);
    expect(passes({ maxSizeBytes: 0 }, { sizeBytes: 0 })).toBe(true);
  });

  test("excludes both bounds of a date range", () => {
    const then = new Date(REF.lastModified);
    expect(passes({ modifiedBefore: then })).toBe(false);
    expect(passes({ modifiedAfter: then })).toBe(false);
    expect(passes({ modifiedBefore: new Date(then.getTime() + 1) })).toBe(true);
    expect(passes({ modifiedAfter: new Date(then.getTime() - 1) })).toBe(true);
  });

  test("accepts exactly the named storage classes", () => {
    expect(passes({ storageClasses: ["GLACIER", "STANDARD"] })).toBe(true);
    expect(passes({ storageClasses: ["GLACIER"] })).toBe(false);
  });
});

describe("objectFilter, for any input,", () => {
  const key = fc.string({ unit: "binary", minLength: 1, maxLength: 20 });
  const ref = fc.record({
    key,
    sizeBytes: fc.integer({ min: 0, max: 50 }),
    lastModified: fc.integer({ min: 0, max: 50 }).map((second) => new Date(second * 1000).toISOString()),
    storageClass: fc.constantFrom("STANDARD", "STANDARD_IA", "GLACIER"),
  });
  const bound = fc.option(fc.integer({ min: 0, max: 50 }));
  const instant = fc.option(fc.integer({ min: 0, max: 50 }).map((second) => new Date(second * 1000)));
  /** Used literally: every character that a glob could read otherwise is escaped. */
  const literal = (text: string) => text.replaceAll(/[\\*?[\]{}()!+@|^$.,~"'`<>#&;=:%-]/g, "\\$&");
  /** A line break or an escape within a glob has a meaning of its own to the one who types it. */
  const plain = key.filter((text) => /^[\p{L}\p{N}/ ]+$/u.test(text));

  test("accepts an object exactly if its size, date and class are within all bounds", () => {
    const filters = fc.record({
      minSizeBytes: bound,
      maxSizeBytes: bound,
      modifiedBefore: instant,
      modifiedAfter: instant,
      storageClasses: fc.subarray(["STANDARD", "GLACIER"]),
    });
    fc.assert(
      fc.property(filters, ref, (given, object) => {
        const modified = Date.parse(object.lastModified);
        const within =
          object.sizeBytes >= (given.minSizeBytes ?? 0) &&
          object.sizeBytes <= (given.maxSizeBytes ?? Number.POSITIVE_INFINITY) &&
          modified < (given.modifiedBefore?.getTime() ?? Number.POSITIVE_INFINITY) &&
          modified > (given.modifiedAfter?.getTime() ?? Number.NEGATIVE_INFINITY) &&
          (given.storageClasses.length === 0 || given.storageClasses.some((name) => name === object.storageClass));
        expect(passes(given, object)).toBe(within);
      }),
    );
  });

  test("matches an escaped key only with itself, for include and exclude", () => {
    fc.assert(
      fc.property(plain, plain, (one, other) => {
        expect(passes({ include: [literal(one)] }, { key: one })).toBe(true);
        expect(passes({ exclude: [literal(one)] }, { key: one })).toBe(false);
        expect(passes({ include: [literal(one)] }, { key: other })).toBe(one === other);
        expect(passes({ include: ["**"], exclude: [literal(one)] }, { key: other })).toBe(one !== other);
      }),
    );
  });

  test("accepts every key for include **, and none for exclude **", () => {
    fc.assert(
      fc.property(key, (any) => {
        expect(passes({ include: ["**"] }, { key: any })).toBe(true);
        expect(passes({ exclude: ["**"] }, { key: any })).toBe(false);
      }),
    );
  });

  test("accepts more with more includes, and less with more excludes", () => {
    const globs = fc.array(fc.constantFrom("**", "*", "a*", "**/b", "a/**", "?", "[ab]*", "{a,b}/**", "!a*"), {
      maxLength: 3,
    });
    const someKey = fc.constantFrom("a", "b", "ab", "a/b", "b/a/b", "c", "a/", "/a");
    fc.assert(
      fc.property(globs, globs, someKey, (few, more, any) => {
        if (few.length > 0 && passes({ include: few }, { key: any })) {
          expect(passes({ include: [...few, ...more] }, { key: any })).toBe(true);
        }
        if (passes({ exclude: [...few, ...more] }, { key: any })) {
          expect(passes({ exclude: few }, { key: any })).toBe(true);
        }
      }),
    );
  });
});
