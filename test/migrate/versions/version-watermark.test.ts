import { describe, expect, test } from "vitest";
import {
  type VersionProgress,
  VersionWatermark,
  WALK_NOT_STARTED,
} from "../../../migrate/versions/version-watermark.js";

const SCOPE = { bucket: "b", prefix: "" };
const AT = new Date(0);

function watermark(progress: Partial<VersionProgress> = {}) {
  const marks = new VersionWatermark(SCOPE, { ...WALK_NOT_STARTED, ...progress });
  const list = (key: string, versionId: string, inScope = true) => marks.list(key, versionId, inScope);
  return { marks, list, at: (end = false) => marks.checkpoint(AT, end) };
}

describe("VersionWatermark", () => {
  test("passes a key once the listing has moved on and all its versions are done", () => {
    const { list, at } = watermark();
    const first = list("a", "1");
    const second = list("a", "2");
    second?.();
    expect(at()).toMatchObject({ upTo: null, listed: 0 });
    first?.();
    expect(at()).toMatchObject({ upTo: null, listed: 0 });
    const third = list("b", "3");
    expect(at()).toMatchObject({ upTo: "a", listed: 2 });
    third?.();
    expect(at()).toMatchObject({ upTo: "a", listed: 2 });
    expect(at(true)).toMatchObject({ upTo: "b", listed: 3, end: true });
  });

  test("counts filtered-out versions and delete markers with their keys", () => {
    const { marks, list, at } = watermark();
    marks.marker("a");
    expect(list("a", "1", false)).toBeNull();
    list("b", "2")?.();
    expect(at()).toMatchObject({ upTo: "a", listed: 0, filteredOut: 1, deleteMarkers: 1 });
  });

  test("takes no version that an earlier session did, and counts it once, listed again or not", () => {
    const done = new Map([
      ["a", new Set(["1", "gone"])],
      ["c", new Set(["gone too"])],
    ]);
    const { list, at } = watermark({ done });
    expect(list("a", "1")).toBeNull();
    list("a", "2")?.();
    list("b", "3")?.();
    expect(at()).toMatchObject({ upTo: "a", listed: 3 });
    expect(at(true)).toMatchObject({ listed: 5 });
  });

  test("stops once the listing is out of order, until its end", () => {
    const { list, at } = watermark();
    list("b", "1")?.();
    list("a", "2")?.();
    list("c", "3")?.();
    expect(at()).toMatchObject({ upTo: null, listed: 0 });
    expect(at(true)).toMatchObject({ listed: 3 });
  });

  test("counts correctly past a version that stays unfinished while many others finish", () => {
    const { list, at } = watermark();
    const open = list("0", "open");
    for (let n = 0; n < 20_000; n += 1) list(`1${String(n).padStart(6, "0")}`, "1")?.();
    expect(at()).toMatchObject({ upTo: null });
    open?.();
    expect(at(true)).toMatchObject({ listed: 20_001 });
  });
});
