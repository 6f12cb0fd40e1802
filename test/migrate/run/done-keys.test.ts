import { describe, expect, test } from "vitest";
import { NOT_STARTED } from "../../../migrate/journal/resume.js";
import { DoneKeys, ObjectWatermark } from "../../../migrate/journal/watermark.js";

const AT = new Date("2026-01-01T00:00:00Z");

function resumed(...keys: string[]) {
  const mark = new ObjectWatermark({ bucket: "b", prefix: "" }, NOT_STARTED);
  return { done: new DoneKeys(new Set(keys), mark), listed: () => mark.checkpoint(AT, true).listed, mark };
}

describe("a key that an earlier session has done", () => {
  test("is known again when it is listed, and counts once", () => {
    const { done, listed } = resumed("a", "b");
    expect(done.take("a")).toBe(true);
    expect(done.take("a")).toBe(true);
    expect(done.take("x")).toBe(false);
    expect(listed()).toBe(1);
  });

  test("counts where the listing passes it, because it was deleted since", () => {
    const { done, mark } = resumed("b", "z");
    done.passTo("c");
    mark.list("c", true)();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "c", listed: 2 });
    done.passTo(null);
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "z", listed: 3 });
  });

  test("is not counted before the listing reaches it", () => {
    const { done, listed } = resumed("b");
    done.passTo("b");
    expect(listed()).toBe(0);
  });

  test("is not taken up again where the listing is out of order", () => {
    const { done, listed } = resumed("a");
    done.passTo("b");
    expect(done.take("a")).toBe(true);
    expect(listed()).toBe(1);
  });
});
