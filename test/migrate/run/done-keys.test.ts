import { describe, expect, test } from "vitest";
import { NOT_STARTED } from "../../../migrate/journal/resume.js";
import { DoneKeys, ObjectWatermark } from "../../../migrate/journal/watermark.js";

const AT = new Date("2026-01-01T00:00:00Z");

function resumed(...keys: string[]) {
  const mark = new ObjectWatermark({ bucket: "b", prefix: "" }, NOT_STARTED);
  return { done: new DoneKeys(new Set(keys), mark), listed: () => mark.checkpoint(AT, true).listed, mark };
}

describe("DoneKeys", () => {
  test("recognises a key when it is listed again, and counts it once", () => {
    const { done, listed } = resumed("a", "b");
    expect(done.take("a")).toBe(true);
    expect(done.take("a")).toBe(true);
    expect(done.take("x")).toBe(false);
    expect(listed()).toBe(1);
  });

  test("counts a deleted key when the listing passes it", () => {
    const { done, mark } = resumed("b", "z");
    done.passTo("c");
    mark.list("c", true)();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "c", listed: 2 });
    done.passTo(null);
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "z", listed: 3 });
  });

  test("does not count a key before the listing reaches it", () => {
    const { done, listed } = resumed("b");
    done.passTo("b");
    expect(listed()).toBe(0);
  });

  test("recognises a key that is listed out of order, and counts it once", () => {
    const { done, listed } = resumed("a");
    done.passTo("b");
    expect(done.take("a")).toBe(true);
    expect(listed()).toBe(1);
  });
});
