import { expect, test } from "vitest";
import type { OutcomeRecord } from "../../migrate/index.js";
import { changed, idOf, unnamedChanges, wronglyTold } from "./compare.js";
import type { Seen } from "./snapshot.js";

const WAS: Seen = {
  key: "k",
  versionId: "null",
  isLatest: true,
  isMarker: false,
  status: 200,
  bodySha256: "aa",
  encryption: "none",
  etag: "e1",
  marks: { "content-type": "text/plain", tags: "a=1", "access control list": "READ everybody" },
  checksums: { sha256: "s1" },
};
const IS: Seen = { ...WAS, encryption: "AES256" };

function told(outcome: Partial<OutcomeRecord["outcome"]>, notes: readonly string[] = [], state = "none") {
  const record = { key: "k", before: { state, versionId: null }, outcome, notes } as unknown as OutcomeRecord;
  return { objects: new Map([["k", record]]), versions: new Map() };
}
const MIGRATED = { kind: "migrated" } as const;

test("unnamedChanges returns nothing if a copy differs only in its encryption", () => {
  expect(unnamedChanges([WAS], [IS], told(MIGRATED))).toEqual([]);
});

test.each([
  ["bytes that are others", { ...IS, bodySha256: "bb" }],
  ["tags that are lost", { ...IS, marks: { ...WAS.marks, tags: "" } }],
  ["an ACL that is lost", { ...IS, marks: { ...WAS.marks, "access control list": "" } }],
  ["an ETag that changed", { ...IS, etag: "e2" }],
  ["a checksum that is lost", { ...IS, checksums: {} }],
  ["plaintext that is called migrated", WAS],
])("unnamedChanges returns %s of a migrated object", (_, is) => {
  expect(unnamedChanges([WAS], [is], told(MIGRATED))).toHaveLength(1);
});

test("unnamedChanges accepts a reported ETag change, and returns one that did not happen", () => {
  const notes = ["ETag changed from e1 to e2"];
  expect(unnamedChanges([WAS], [{ ...IS, etag: "e2" }], told(MIGRATED, notes))).toEqual([]);
  expect(unnamedChanges([WAS], [IS], told(MIGRATED, notes))).toHaveLength(1);
});

test("unnamedChanges returns missing objects, new ones, and refused ones that changed", () => {
  const refused = told({ kind: "refused", reason: "acl-cannot-be-carried" });
  expect(unnamedChanges([WAS], [], told(MIGRATED))).toHaveLength(1);
  expect(unnamedChanges([WAS], [IS, { ...IS, key: "new" }], told(MIGRATED))).toHaveLength(1);
  expect(unnamedChanges([WAS], [IS], refused)).toHaveLength(1);
  expect(unnamedChanges([WAS], [WAS], refused)).toEqual([]);
});

test("unnamedChanges accepts a missing noncurrent version only if the run removed it", () => {
  const older: Seen = { ...WAS, versionId: "v1", isLatest: false };
  const current: Seen = { ...IS, versionId: "v2" };
  const encrypted = told({ kind: "already-encrypted", reason: "sse-s3" }, [], "sse-s3");
  const removed = { ...encrypted, versions: new Map([[idOf(older), { outcome: { kind: "removed" } } as never]]) };
  expect(unnamedChanges([older, current], [current], encrypted)).toHaveLength(1);
  expect(unnamedChanges([older, current], [current], removed)).toEqual([]);
  expect(unnamedChanges([older, current], [older, current], removed)).toHaveLength(1);
});

test("wronglyTold returns plaintext reported as encrypted, and changed returns a modified object", () => {
  expect(wronglyTold([WAS], told(MIGRATED))).toEqual([]);
  expect(wronglyTold([WAS], told(MIGRATED, [], "sse-s3"))).toHaveLength(1);
  expect(wronglyTold([WAS], { objects: new Map(), versions: new Map() })).toHaveLength(1);
  expect(changed([WAS], [WAS])).toEqual([]);
  expect(changed([WAS], [IS])).toHaveLength(1);
});
