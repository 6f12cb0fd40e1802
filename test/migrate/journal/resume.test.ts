import { describe, expect, test } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { NOT_STARTED, resumeState } from "../../../migrate/journal/resume.js";
import { checkpoint, outcomeRecord } from "../fixtures/records.js";

const WHOLE = { bucket: "b", prefix: "" };

async function* given(records: readonly JournalRecord[]): AsyncGenerator<JournalRecord> {
  yield* records;
}

async function stateOf(records: readonly JournalRecord[], scope = WHOLE) {
  return (await resumeState(given(records), [scope])).get(scope);
}

const outcomes = (...keys: string[]) => keys.map((key) => outcomeRecord({ key }));

describe("resumeState", () => {
  test("returns not started without a journal", async () => {
    expect(await stateOf([])).toEqual(NOT_STARTED);
  });

  test("continues after the last checkpoint, and lists the done keys beyond it", async () => {
    const records = [...outcomes("a", "c", "b", "e"), checkpoint({ upTo: "b", listed: 2, filteredOut: 1 })];
    const state = await stateOf([...records, ...outcomes("f")]);
    expect(state).toMatchObject({ upTo: "b", listed: 2, filteredOut: 1, end: false });
    expect(state?.doneKeys).toEqual(new Set(["c", "e", "f"]));
  });

  test("lists every done key if there is no checkpoint", async () => {
    expect((await stateOf(outcomes("a", "b")))?.doneKeys).toEqual(new Set(["a", "b"]));
  });

  test("compares keys in UTF-8 order", async () => {
    const state = await stateOf([...outcomes("\uffef", "🦊"), checkpoint({ upTo: "\uffef", listed: 1 })]);
    expect(state?.doneKeys).toEqual(new Set(["🦊"]));
  });

  test("marks a scope as ended if its listing ended", async () => {
    expect(await stateOf([...outcomes("a"), checkpoint({ upTo: "a", listed: 1, end: true })])).toMatchObject({
      end: true,
    });
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
    const states = await resumeState(given(records), [logs, data]);
    expect(states.get(logs)).toMatchObject({ upTo: "logs/a", listed: 1, doneKeys: new Set() });
    expect(states.get(data)).toMatchObject({ upTo: null, listed: 0, doneKeys: new Set(["data/a"]) });
    expect(await stateOf([outcomeRecord({ bucket: "another" })])).toEqual(NOT_STARTED);
  });
});
