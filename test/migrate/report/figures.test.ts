import { describe, expect, it } from "vitest";
import { countOf, formatBytes, formatCount, formatDuration, formatInstant } from "../../../migrate/model/text.js";

describe("figures", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [1234567, "1,234,567"],
  ])("write %i as %s", (count, text) => expect(formatCount(count)).toBe(text));

  it("use singular and plural", () => {
    expect([countOf(1, "object"), countOf(0, "object"), countOf(2146, "object")]).toEqual([
      "1 object",
      "0 objects",
      "2,146 objects",
    ]);
  });

  it.each([
    [0, "0 B"],
    [1_500, "1.5 kB"],
    [13_400_000_000, "13.4 GB"],
  ])("write %i bytes as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it("write an instant in UTC, and keep any other text", () => {
    expect(formatInstant("2026-11-23T14:03:12.500Z")).toBe("2026-11-23 14:03:12 UTC");
    expect(formatInstant("yesterday")).toBe("yesterday");
  });

  it.each([
    [1_234, "1.2 s"],
    [59_999, "59.9 s"],
    [61_000, "1 min 1 s"],
    [3_600_000, "1 h 0 min"],
  ])("write %i ms as %s", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});
