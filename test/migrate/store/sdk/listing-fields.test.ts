import { describe, expect, test } from "vitest";
import { nextMarker, readKey, readSize } from "../../../../migrate/store/sdk/listing-fields.js";

describe("the key of a listing's entry", () => {
  test.each([
    ["a+b%2Bc", "a b+c"],
    ["caf%C3%A9.txt", "café.txt"],
    ["%F0%9F%A6%8A", "🦊"],
    ["100%25 x", "100% x"],
  ])("%s is decoded", (raw, key) => {
    expect(readKey(raw, true)).toEqual({ key });
  });

  test.each([
    ["a+b/caf%E9.txt", "a b/caf%E9.txt"],
    ["100% x", "100% x"],
    ["%ED%A0%80", "%ED%A0%80"],
    ["caf%C3%A9/%c3%28", "café/%C3("],
    ["é%E9", "é%E9"],
    ["", ""],
  ])("%s is shown as far as it can be decoded, and keeps its raw form", (raw, key) => {
    expect(readKey(raw, true)).toEqual({ key, fault: { kind: "unreadable-key", raw } });
  });

  test("is left as it is if the answer does not say that it is encoded", () => {
    expect(readKey("caf%E9+.txt", false)).toEqual({ key: "caf%E9+.txt" });
  });
});

describe("the size of a listing's entry", () => {
  test.each(["0", "9000", " 12 ", "5497558138880"])("%s is a size", (raw) => {
    expect(readSize(raw)).toEqual({ sizeBytes: Number(raw) });
  });

  test.each(["-1", "NaN", "", "1.5", "1e3", "0x10", "9007199254740993"])("%s is none", (raw) => {
    expect(readSize(raw)).toEqual({ sizeBytes: 0, fault: { kind: "unreadable-size", raw } });
  });
});

describe("the marker of the next page", () => {
  const entries = [
    { key: "a", id: "1" },
    { key: "%E9", id: "2", fault: { kind: "unreadable-key", raw: "%E9" } },
  ] as const;

  test("is decoded", () => {
    expect(nextMarker("listVersions", { key: "b+c", id: "2" }, true, entries)).toEqual({ key: "b c", id: "2" });
  });

  test("that cannot be sent is the last entry before it that can", () => {
    expect(nextMarker("listVersions", { key: "%E9", id: "2" }, true, entries)).toEqual({ key: "a", id: "1" });
  });

  test("is missing where no entry of the page can be sent, and where the page names none", () => {
    const of = (key: string | undefined, listed: typeof entries | readonly []) => () =>
      nextMarker("listVersions", { key, id: undefined }, true, listed);
    expect(of("%E9", [])).toThrow(expect.objectContaining({ kind: "listing-stuck" }));
    expect(of(undefined, entries)).toThrow(expect.objectContaining({ kind: "server-error" }));
  });
});
