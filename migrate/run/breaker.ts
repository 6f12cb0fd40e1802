import { RunError } from "../errors.js";
import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import { type FailReason, REASON_WORDS } from "../model/reason.js";

/** What may well be the fault of one bucket: of the others it says nothing. */
const OF_LOCATION: ReadonlySet<string> = new Set<FailReason>([
  "access-denied",
  "listed-not-found",
  "size-unknown",
  "store-error",
]);

/** How many objects may fail before one succeeds. */
const FAILURES_AT_START = 20;

/** Ends a run in which nothing but failures was seen so far: what fails for all is not the objects' fault. */
export function createBreaker(what = "objects"): (record: Pick<OutcomeRecord | VersionRecord, "outcome">) => void {
  let failures = 0;
  let closed = false;
  return ({ outcome }) => {
    if (closed) return;
    if (outcome.kind !== "failed") {
      closed = true;
      return;
    }
    failures += 1;
    if (failures >= FAILURES_AT_START) {
      const words = `${REASON_WORDS[outcome.reason]} (${outcome.detail})`;
      const ofLocation = OF_LOCATION.has(outcome.reason) ? "all-failed" : undefined;
      throw new RunError(
        `the first ${failures} ${what} all failed, the last because ${words}: nothing more was tried`,
        { ofLocation },
      );
    }
  };
}
