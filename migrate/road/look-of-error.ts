import { failReason } from "../model/reason.js";
import type { StoreError } from "../store/store-error.js";
import { failed } from "./draft.js";
import type { Finding } from "./finding.js";
import type { Look } from "./looked.js";

export const CHANGED = "changed by someone else meanwhile";

/** What an error of the store means for the object whose copy it ended. */
export function lookOfError(error: StoreError, draft: Finding): Look {
  const requestIds = [...draft.requestIds, error.facts.requestId];
  const done = (outcome: Finding["outcome"]): Look => ({ kind: "done", finding: { ...draft, requestIds, outcome } });
  // An upload that is gone was completed by a request whose answer was lost, or aborted by someone else.
  const uploadGone = error.facts.code === "NoSuchUpload";
  // Shorter than it was seen to be, where the store looks at no condition first.
  if (error.kind === "precondition-failed" || error.kind === "out-of-range" || uploadGone) {
    return { kind: "again", why: "changed", note: CHANGED };
  }
  // Of what the call was about, which may be a tag set or a version that went: the next look tells of the object.
  if (error.kind === "not-found") return { kind: "again", why: "changed", note: `${error.message} (404)` };
  if (error.kind === "archived") return done({ kind: "skipped", reason: "archived" });
  return done(failed(failReason(error), error.message));
}
