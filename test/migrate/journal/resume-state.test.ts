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

describe("a run that goes on", () => {
  test("begins anew without a journal", async () => {
    expect(await stateOf([])).toEqual(NOT_STARTED);
  });

  test("begins after its last checkpoint, and knows the keys beyond it that are done", async () => {
    const records = [...outcomes("a", "c", "b", "e"), checkpoint({ upTo: "b", listed: 2, filteredOut: 1 })];
    const state = await stateOf([...records, ...outcomes("f")]);
    expect(state).toMatchObject({ upTo: "b", listed: 2, filteredOut: 1, end: false });
    expect(state?.doneKeys).toEqual(new Set(["c", "e", "f"]));
  });

  test("knows all that is done where no checkpoint was reached", async () => {
    expect((await stateOf(outcomes("a", "b")))?.doneKeys).toEqual(new Set(["a", "b"]));
  });

  test("goes by the order of UTF-8", async () => {
    const state = await stateOf([...outcomes("\uffef", "🦊"), checkpoint({ upTo: "\uffef", listed: 1 })]);
    expect(state?.doneKeys).toEqual(new Set(["🦊"]));
  });

  test("has nothing to do in a scope whose listing ended", async () => {
    expect(await stateOf([...outcomes("a"), checkpoint({ upTo: "a", listed: 1, end: true })])).toMatchObject({
      end: true,
    });
  });

  test("keeps scopes apart, and leaves out what belongs to none", async () => {
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
