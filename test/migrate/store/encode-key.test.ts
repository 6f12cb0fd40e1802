import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copySource, encodeKey } from "../../../migrate/store/wire.js";
import { AWKWARD_KEYS } from "../../buckets/awkward-keys.js";

const anyKey = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...AWKWARD_KEYS));

describe("encodeKey and copySource", () => {
  test("are reversed by percent-decoding for any key", () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(decodeURIComponent(encodeKey(key))).toBe(key);
        expect(decodeURIComponent(copySource("bucket", key))).toBe(`bucket/${key}`);
      }),
    );
  });

  test("produce only unreserved characters, percent signs and slashes", () => {
    fc.assert(fc.property(anyKey, (key) => /^[A-Za-z0-9._~%/-]*$/.test(encodeKey(key))));
  });

  test.each(["a/./b", "a/../b", "..", ".", "//", "/a//b/"])("do not normalise %s", (key) => {
    expect(encodeKey(key)).toBe(key);
  });

  test("put the version after a question mark, which a key cannot contain unescaped", () => {
    expect(copySource("bucket", "a?versionId=1", "v/2+")).toBe("bucket/a%3FversionId%3D1?versionId=v%2F2%2B");
    expect(copySource("bucket", "a?versionId=1")).not.toContain("?");
  });
});
