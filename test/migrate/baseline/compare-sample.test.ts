import { describe, expect, it } from "vitest";
import { compareSample } from "../../../migrate/compare/sample.js";
import type { Observation } from "../../../migrate/journal/record.js";
import { outcomeRecord } from "../fixtures/records.js";

const said: Observation = { ...outcomeRecord().before, state: "sse-s3", versionId: "v1" };
const entry = {
  bucket: "b",
  key: "k",
  seen: said,
  line: { run: "a".repeat(64), segment: "journal/000001.ndjson", line: 1 },
  unencrypted: null,
  differs: null,
};
const found = (changes: Partial<Observation>) =>
  compareSample(entry, outcomeRecord({ before: { ...said, ...changes } }));

describe("compareSample", () => {
  it("agrees if all is equal, even if HEAD lacks the version ID and fractions of a second", () => {
    expect(found({})).toEqual({ kind: "agrees" });
    expect(found({ versionId: null, lastModified: "2026-01-01T00:00:00.750Z" })).toEqual({ kind: "agrees" });
  });

  it.each([
    [{ state: "none" }, "encryption was sse-s3, and is none"],
    [{ state: "sse-c" }, "encryption was sse-s3, and is sse-c"],
    [{ etag: "other" }, "ETag was e, and is other"],
    [{ sizeBytes: 2 }, "size was 1, and is 2"],
  ] as const)("contradicts the baseline if the date is equal but the object has %o", (changes, words) => {
    expect(found(changes)).toMatchObject({
      kind: "contradicts",
      contradiction: { key: "k", said: "sse-s3", detail: `${words}; its date is the same` },
    });
  });

  it("returns changed for an object written or deleted since, and unread for one that failed", () => {
    expect(found({ state: "none", lastModified: "2026-01-02T00:00:00.000Z" })).toEqual({ kind: "changed" });
    expect(found({ state: "none", versionId: "v2" })).toEqual({ kind: "changed" });
    expect(compareSample(entry, outcomeRecord({ outcome: { kind: "vanished" } }))).toEqual({ kind: "changed" });
    const outcome = { kind: "failed", reason: "throttled", detail: "" } as const;
    expect(compareSample(entry, outcomeRecord({ outcome }))).toEqual({ kind: "unread" });
  });
});
