import { describe, expect, test } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { isEnded, NOT_STARTED, RANGE_NOT_STARTED, resumeState } from "../../../migrate/journal/resume.js";
import { DoneKeys, ObjectWatermark } from "../../../migrate/journal/watermark.js";
import { WHOLE_RANGE } from "../../../migrate/model/key-range.js";
import { checkpoint, outcomeRecord } from "../fixtures/records.js";

const SCOPE = { bucket: "b", prefix: "" };
const AT = new Date("2026-01-01T00:00:00Z");
const begin = (progress = RANGE_NOT_STARTED) => new ObjectWatermark(SCOPE, progress);

describe("ObjectWatermark", () => {
  test("stops before the first unfinished key, in whatever order the others finish", () => {
    const mark = begin();
    const [a, b, c] = [mark.list("a"), mark.list("b"), mark.list("c")];
    c();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: null, listed: 0 });
    a();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "a", listed: 1 });
    b();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "c", listed: 3 });
  });

  test("passes filtered-out keys, and counts them separately", () => {
    const mark = begin();
    mark.leaveOut("a");
    mark.list("b")();
    mark.leaveOut("c");
    expect(mark.checkpoint(AT, false)).toEqual({
      kind: "checkpoint",
      ...SCOPE,
      upTo: "c",
      listed: 1,
      filteredOut: 2,
      end: false,
      at: AT.toISOString(),
    });
  });

  test("stops once the listing is out of order, and counts every key at the end", () => {
    const mark = begin();
    mark.list("a")();
    expect(mark.checkpoint(AT, false).upTo).toBe("a");
    for (const key of ["d", "b", "e"]) mark.list(key)();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "a", listed: 1 });
    expect(mark.checkpoint(AT, true)).toMatchObject({ listed: 4, end: true });
  });

  test("expects UTF-8 order, not that of JavaScript", () => {
    const mark = begin();
    mark.list("\uffef")();
    mark.list("🦊")();
    expect(mark.checkpoint(AT, false).upTo).toBe("🦊");
  });

  test("follows a listing in UTF-16 order once two keys show it, and records the order", () => {
    const mark = begin();
    mark.list("a")();
    mark.list("🦊")();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "🦊" });
    mark.list("\uffef")();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "\uffef", listed: 3, order: "utf-16" });
    mark.list("🦊🦊")();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "\uffef", listed: 3 });
  });

  test("does not assume UTF-16 order if earlier keys contradict it", () => {
    const mark = begin();
    for (const key of ["\uff5e", "🦊", "\uffef"]) mark.list(key)();
    const checkpoint = mark.checkpoint(AT, false);
    expect(checkpoint.upTo).toBeNull();
    expect("order" in checkpoint).toBe(false);
  });

  test("continues from the counts of an earlier session", () => {
    const mark = begin({ ...RANGE_NOT_STARTED, upTo: "m", listed: 10, filteredOut: 3 });
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "m", listed: 10, filteredOut: 3 });
    mark.list("n")();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "n", listed: 11, filteredOut: 3 });
  });

  test("is correct over many keys, some of them unfinished, between two checkpoints", () => {
    const mark = begin();
    const open: (() => void)[] = [];
    for (let index = 0; index < 10_000; index += 1) {
      const key = String(index).padStart(6, "0");
      if (index % 3 === 0) {
        mark.leaveOut(key);
        continue;
      }
      const settle = mark.list(key);
      if (index % 997 === 500) open.push(settle);
      else settle();
    }
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "000499", listed: 333, filteredOut: 167 });
    for (const settle of open) settle();
    expect(mark.checkpoint(AT, false)).toMatchObject({ upTo: "009999", listed: 6666, filteredOut: 3334 });
  });
});

function resumed(...keys: string[]) {
  const mark = new ObjectWatermark({ bucket: "b", prefix: "" }, RANGE_NOT_STARTED);
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
    mark.list("c")();
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

async function* given(records: readonly JournalRecord[]): AsyncGenerator<JournalRecord> {
  yield* records;
}

async function stateOf(records: readonly JournalRecord[], scope = SCOPE) {
  return (await resumeState(() => given(records), [scope])).get(scope);
}

const outcomes = (...keys: string[]) => keys.map((key) => outcomeRecord({ key }));

describe("resumeState", () => {
  test("returns not started without a journal", async () => {
    expect(await stateOf([])).toEqual(NOT_STARTED);
  });

  test("continues after the last checkpoint, and lists the done keys beyond it", async () => {
    const records = [...outcomes("a", "c", "b", "e"), checkpoint({ upTo: "b", listed: 2, filteredOut: 1 })];
    const state = await stateOf([...records, ...outcomes("f")]);
    const doneKeys = new Set(["c", "e", "f"]);
    expect(state?.ranges).toMatchObject([
      { range: WHOLE_RANGE, upTo: "b", listed: 2, filteredOut: 1, end: false, doneKeys },
    ]);
  });

  test("lists every done key if there is no checkpoint", async () => {
    expect((await stateOf(outcomes("a", "b")))?.ranges[0]?.doneKeys).toEqual(new Set(["a", "b"]));
  });

  test("compares keys in UTF-8 order", async () => {
    const state = await stateOf([...outcomes("\uffef", "🦊"), checkpoint({ upTo: "\uffef", listed: 1 })]);
    expect(state?.ranges[0]?.doneKeys).toEqual(new Set(["🦊"]));
  });

  test("marks a scope as ended if its listing ended", async () => {
    const state = await stateOf([...outcomes("a"), checkpoint({ upTo: "a", listed: 1, end: true })]);
    expect(state && isEnded(state)).toBe(true);
  });

  test("keeps scopes apart, and ignores records outside every scope", async () => {
    const [logs, data] = [
      { bucket: "b", prefix: "logs/" },
      { bucket: "b", prefix: "data/" },
    ];
    const records = [
      ...outcomes("logs/a", "data/a", "other"),
      checkpoint({ prefix: "logs/", upTo: "logs/a", listed: 1 }),
    ];
    const states = await resumeState(() => given(records), [logs, data]);
    expect(states.get(logs)?.ranges).toMatchObject([{ upTo: "logs/a", listed: 1, doneKeys: new Set() }]);
    expect(states.get(data)?.ranges).toMatchObject([{ upTo: null, listed: 0, doneKeys: new Set(["data/a"]) }]);
    expect(await stateOf([outcomeRecord({ bucket: "another" })])).toEqual(NOT_STARTED);
  });

  test("continues each range after its own checkpoint, and the ranges cover the scope", async () => {
    const state = await stateOf([
      ...outcomes("a", "c"),
      checkpoint({ upTo: "a", listed: 1 }),
      checkpoint({ after: "m", through: "t" }),
      checkpoint({ after: "t" }),
      ...outcomes("n", "p", "m", "u"),
      checkpoint({ after: "m", through: "t", upTo: "n", listed: 1 }),
      checkpoint({ through: "m", upTo: "c", listed: 2, filteredOut: 1, end: true }),
    ]);
    expect(state?.ranges).toMatchObject([
      { range: { after: null, through: "m" }, upTo: "c", listed: 2, filteredOut: 1, end: true },
      { range: { after: "m", through: "t" }, upTo: "n", listed: 1, end: false, doneKeys: new Set(["p"]) },
      { range: { after: "t", through: null }, upTo: null, listed: 0, end: false, doneKeys: new Set(["u"]) },
    ]);
    expect(state && isEnded(state)).toBe(false);
  });

  test("knows the first range after a cut although it has no line yet", async () => {
    const state = await stateOf([...outcomes("a", "z"), checkpoint({ after: "m" })]);
    expect(state?.ranges).toMatchObject([
      { range: { after: null, through: "m" }, end: false, doneKeys: new Set(["a"]) },
      { range: { after: "m", through: null }, end: false, doneKeys: new Set(["z"]) },
    ]);
  });

  test("knows the range behind one that ended although it has no line yet", async () => {
    const state = await stateOf([...outcomes("a"), checkpoint({ through: "m", upTo: "a", listed: 1, end: true })]);
    expect(state?.ranges).toMatchObject([
      { range: { after: null, through: "m" }, end: true },
      { range: { after: "m", through: null }, upTo: null, end: false },
    ]);
    expect(state && isEnded(state)).toBe(false);
  });

  test("begins again, with every key that is done, once a listing had no order", async () => {
    const state = await stateOf([
      ...outcomes("a", "b"),
      checkpoint({ upTo: "b", listed: 2 }),
      checkpoint({ after: "m" }),
      ...outcomes("z", "c"),
      checkpoint({ afresh: true }),
      ...outcomes("d"),
    ]);
    const doneKeys = new Set(["a", "b", "z", "c", "d"]);
    expect(state).toMatchObject({
      isUnordered: true,
      ranges: [{ range: WHOLE_RANGE, upTo: null, listed: 0, doneKeys }],
    });
  });
});
