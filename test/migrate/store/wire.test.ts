import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { OPERATIONS, type Operation } from "../../../migrate/store/operations.js";
import { answerTimeoutMs } from "../../../migrate/store/transport/request.js";
import {
  bareEtag,
  copySource,
  encodeKey,
  NO_UTF8,
  readWireHeaders,
  writeWireHeaders,
  writtenVersion,
} from "../../../migrate/store/wire.js";
import { AWKWARD_KEYS } from "../../buckets/mixed-objects.js";

/** As node has them: a character a byte. */
const onTheWire = (bytes: Buffer) => ({ name: bytes.toString("latin1") });

test.each(["plain", "déjà 🦊", "\ufeffmarked", ""])(
  "header value %j is read as UTF-8, and sent as the same bytes",
  (text) => {
    const wire = onTheWire(Buffer.from(text));
    expect(readWireHeaders(wire)).toEqual({ name: text });
    expect(writeWireHeaders(readWireHeaders(wire))).toEqual(wire);
  },
);

test("header bytes that are not UTF-8 are marked as such", () => {
  const { name } = readWireHeaders(onTheWire(Buffer.from("d\u00e9j\u00e0", "latin1")));
  expect(name).toBe(`d${NO_UTF8}j${NO_UTF8}`);
});

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

test.each([
  ['"abc-2"', "abc-2"],
  ["abc-2", "abc-2"],
  ["", ""],
  ['"abc', '"abc'],
])("bareEtag turns %s into %s", (given, bare) => {
  expect(bareEtag(given)).toBe(bare);
});

test("writtenVersion returns the version ID, or null for the null version or none", () => {
  expect(writtenVersion("v1")).toBe("v1");
  expect(writtenVersion("null")).toBeNull();
  expect(writtenVersion(undefined)).toBeNull();
});

interface Policy {
  readonly Statement: readonly { readonly Action: readonly string[] }[];
}

const policy = JSON.parse(readFileSync(new URL("../../../docs/iam-policy.json", import.meta.url), "utf8")) as Policy;

it("the operations need exactly the permissions that the documented policy grants", () => {
  const needed = Object.values(OPERATIONS).flatMap(({ actions }) => actions);
  const granted = policy.Statement.flatMap(({ Action }) => Action);
  expect([...new Set(granted)].sort()).toEqual([...new Set(needed)].sort());
  expect(granted).toHaveLength(new Set(granted).size);
});

it("exactly the operations that need a permission to put, update, delete or abort are writes", () => {
  for (const [operation, { access, actions }] of Object.entries(OPERATIONS)) {
    const writes = actions.some((action) => /^s3:(Put|Update|Delete|Abort)/.test(action));
    expect([operation, access]).toEqual([operation, writes ? "write" : "read"]);
  }
});

const ALL = Object.keys(OPERATIONS) as Operation[];
const SLOW = ALL.filter((operation) => answerTimeoutMs(operation) > 60_000);

test("answerTimeoutMs allows minutes only for operations that copy or carry a whole object", () => {
  expect(SLOW.toSorted()).toEqual(
    ["completeMultipartUpload", "copyObject", "getObject", "openObject", "putObject", "uploadPartCopy"].toSorted(),
  );
  for (const operation of SLOW) expect(answerTimeoutMs(operation)).toBe(300_000);
  expect(answerTimeoutMs("headObject")).toBe(60_000);
});
