import { describe, expect, test } from "vitest";
import { RunError } from "../../../migrate/errors.js";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import { earlyEnd } from "../../../migrate/run/run-scopes.js";
import { Sights, unseenBy } from "../../../migrate/run/sights.js";
import type { StoreErrorKind } from "../../../migrate/store/store-error.js";
import { storeError } from "../fixtures/fake-store.js";

const EXPIRED = storeError("expired-credentials");
const LISTING = storeError("throttled");
const CANARY = new RunError("the canary failed", { because: "canary" });
const words = ({ kind }: { kind: string }) => `in words: ${kind}`;
const going = new AbortController().signal;
const lost = AbortSignal.abort(EXPIRED);
const stopped = AbortSignal.abort();
const touched = { words: () => "what was touched" };

test.each([
  ["by itself", LISTING, going, going, { end: "aborted", message: "in words: throttled", because: "store" }],
  [
    "with words of its own",
    CANARY,
    going,
    going,
    { end: "aborted", message: "the canary failed; what was touched", because: "canary" },
  ],
  ["because it was interrupted", LISTING, going, stopped, { end: "interrupted", message: null }],
  [
    "because nothing can succeed any more",
    LISTING,
    lost,
    lost,
    { end: "aborted", message: "in words: expired-credentials", because: "store" },
  ],
  [
    "for that too, whatever failed of it",
    CANARY,
    lost,
    lost,
    { end: "aborted", message: "in words: expired-credentials", because: "store" },
  ],
])("earlyEnd describes a run that ended early %s", (_, thrown, lostSignal, signal, end) => {
  expect(earlyEnd(thrown, { lost: lostSignal, signal, words, touched })).toEqual(end);
});

test("earlyEnd rethrows a programming error, even if the run was stopped", () => {
  const bug = new TypeError("a bug");
  expect(() => earlyEnd(bug, { lost, signal: stopped, words, touched })).toThrow(bug);
});

const options = { endpoint: "https://store.test", region: "gra", profile: null };
const SCOPES = [
  { bucket: "a", prefix: "" },
  { bucket: "b", prefix: "" },
];

describe("unseenBy", () => {
  test.each([
    ["access-denied", "denied"],
    ["no-such-bucket", "absent"],
    ["wrong-region", "other-region"],
    ["listing-stuck", "other"],
    ["server-error", "other"],
  ] as const)("marks a location with error %s as unseen: %s", (kind, because) => {
    expect(unseenBy(storeError(kind), "a", { options })).toMatchObject({ because });
  });

  test.each<StoreErrorKind>(["invalid-credentials", "expired-credentials", "no-credentials", "unreachable", "tls"])(
    "ends the run for %s, unless it is about another region",
    (kind) => {
      expect(unseenBy(storeError(kind), "a", { options })).toBeNull();
      expect(unseenBy(storeError(kind), "a", { options, isElsewhere: true })).toMatchObject({ because: "other" });
    },
  );

  test("ends the run for an interruption, a failed canary or a bug", () => {
    expect(unseenBy(storeError("interrupted"), "a", { options, isElsewhere: true })).toBeNull();
    expect(unseenBy(new RunError("it failed", { because: "canary" }), "a", { options })).toBeNull();
    expect(unseenBy(new Error("bug"), "a", { options })).toBeNull();
  });

  test("uses the reason of an error about the location itself", () => {
    const error = new RunError("rights are missing", { ofLocation: "no-copies" });
    expect(unseenBy(error, "a", { options })).toEqual({ because: "no-copies", detail: "rights are missing" });
  });
});

describe("Sights", () => {
  function sightsOf(signal?: AbortSignal, scopes = SCOPES) {
    const records: JournalRecord[] = [];
    const journal = { append: async (record: JournalRecord) => void records.push(record) };
    const tools = { options, regions: new Map(), journal, onEvent: () => undefined, now: () => new Date(0) };
    return { records, sights: new Sights(scopes, { ...tools, signals: [signal] }) };
  }
  const denied = async () => {
    throw storeError("access-denied");
  };

  test("continues without an unseen location, which it journals, and refuses if none is left", async () => {
    const { sights, records } = sightsOf();
    await sights.attempt(SCOPES.slice(0, 1), denied);
    expect(sights.seen()).toEqual(SCOPES.slice(1));
    expect(records).toMatchObject([{ kind: "sight", bucket: "a", unseen: { because: "denied" } }]);
    expect(() => sights.refuseIfNone()).not.toThrow();
    await sights.attempt(SCOPES.slice(1), denied);
    expect(() => sights.refuseIfNone()).toThrow(RunError);
  });

  test("rethrows the error if the location is the only one, or the run was stopped", async () => {
    const alone = sightsOf(undefined, SCOPES.slice(0, 1));
    await expect(alone.sights.attempt(SCOPES.slice(0, 1), denied)).rejects.toMatchObject({ kind: "access-denied" });
    const stopped = sightsOf(AbortSignal.abort());
    await expect(stopped.sights.attempt(SCOPES.slice(0, 1), denied)).rejects.toMatchObject({ kind: "access-denied" });
    expect([...alone.records, ...stopped.records]).toEqual([]);
  });
});
