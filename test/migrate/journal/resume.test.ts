import { describe, expect, test } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { isEnded, NOT_STARTED, resumeState } from "../../../migrate/journal/resume.js";
import { WHOLE_RANGE } from "../../../migrate/model/key-range.js";
import { checkpoint, outcomeRecord } from "../fixtures/records.js";

const SCOPE = { bucket: "b", prefix: "" };

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
