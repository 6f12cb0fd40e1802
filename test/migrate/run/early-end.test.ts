import { expect, test } from "vitest";
import { RunError } from "../../../migrate/errors.js";
import { earlyEnd } from "../../../migrate/run/run-scopes.js";
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
