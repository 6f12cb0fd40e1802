import { describe, expect, test } from "vitest";
import { overlapProblems, parseLocation } from "../../../migrate/options/place.js";

describe("parseLocation", () => {
  test.each([
    ["s3://bucket", "bucket", ""],
    ["s3://bucket/", "bucket", ""],
    ["s3://bucket/a/b", "bucket", "a/b"],
    ["s3://bucket//", "bucket", "/"],
    ["s3://bucket/../a/./b", "bucket", "../a/./b"],
    ["s3://bucket/a%20b+c?d#e", "bucket", "a%20b+c?d#e"],
    ["s3://bucket/line\nbreak", "bucket", "line\nbreak"],
    ["s3://my.bucket/🦊", "my.bucket", "🦊"],
  ])("parses %j as bucket %s and prefix %j, unchanged", (text, bucket, prefix) => {
    expect(parseLocation(text)).toEqual({ kind: "scope", scope: { bucket, prefix } });
  });

  test.each(["", "bucket", "s3:/bucket", "s3://", "s3:///key", "https://bucket/key", "S3://bucket"])(
    "rejects %j, and shows the expected form",
    (text) => {
      const parsed = parseLocation(text);
      expect(parsed).toMatchObject({ kind: "bad", problem: expect.stringContaining(`"${text}"`) });
      expect(parsed).toMatchObject({ problem: expect.stringContaining("s3://BUCKET/PREFIX") });
    },
  );
});

describe("overlapProblems", () => {
  const scope = (prefix: string, bucket = "b") => ({ bucket, prefix });

  test.each([
    [[scope(""), scope("a")], 1],
    [[scope("a"), scope("")], 1],
    [[scope("a"), scope("ab")], 1],
    [[scope("a"), scope("a")], 1],
    [[scope("a/"), scope("a")], 1],
    [[scope("a/"), scope("b/")], 0],
    [[scope(""), scope("", "c")], 0],
    [[scope(""), scope("a"), scope("ab")], 3],
  ])("finds in %j this number of overlaps: %d", (scopes, problems) => {
    expect(overlapProblems(scopes)).toHaveLength(problems);
  });
});

describe("parseLocation with credentials in the location", () => {
  test.each([
    "s3://KEY:hunter2@bucket/prefix",
    "s3://hunter2@bucket",
    "s3://AKIAIOSFODNN7EXAMPLE:hun/ter2@bucket/",
    "https://key:hun/ter2@store.test/bucket",
    "key:hunter2@bucket",
  ])("rejects %s without repeating the credentials", (text) => {
    const parsed = parseLocation(text);
    expect(parsed).toMatchObject({ kind: "bad", problem: expect.stringContaining("user:password@") });
    expect(JSON.stringify(parsed)).not.toMatch(/hun|ter2|KEY|AKIA/);
  });

  test.each(["s3://bucket/a:b@c", "s3://tenant:bucket/a@b"])("sees none in %s", (text) => {
    expect(parseLocation(text).kind).toBe("scope");
  });
});
