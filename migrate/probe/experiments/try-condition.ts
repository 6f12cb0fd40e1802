import type { Operation } from "../../store/operations.js";
import { type Attempt, attempt } from "../attempt.js";
import { type Finding, no, refusal, type Topic, yes } from "../finding.js";

/** An ETag that no object has. */
const WRONG_ETAG = "00000000000000000000000000000bad";

/** Makes the call under that ETag, each time on an object of its own; `right` is the object's ETag. */
export type ConditionalCall = (etagToSend: (right: string) => string) => Promise<unknown>;

const quoted = (etag: string) => `"${etag}"`;
const bare = (etag: string) => etag;

/**
 * Is a condition honoured? A wrong ETag must give 412, and the right one must pass, in one form or the other:
 *
 * | wrong ETag | right ETag | finding |
 * |---|---|---|
 * | accepted | - | no: ignored |
 * | 412 | accepted | yes |
 * | 412 | refused | no |
 * | refused otherwise | - | no |
 */
export async function tryCondition(
  topic: Topic,
  operation: Operation,
  call: ConditionalCall,
  forms: readonly ("quoted" | "bare")[] = ["quoted", "bare"],
): Promise<Finding> {
  const send = { quoted, bare };
  const [first = "quoted"] = forms;
  const wrong = await attempt(call(() => send[first](WRONG_ETAG)));
  if (wrong.kind === "accepted") return no(topic, operation, "a wrong ETag was accepted");
  if (wrong.error.kind !== "precondition-failed") return refusal(topic, wrong.error, "not 412 for a wrong ETag");
  let right: Attempt<unknown> = wrong;
  for (const form of forms) {
    right = await attempt(call(send[form]));
    if (right.kind === "accepted") return yes(topic, operation, `wrong ETag 412, right one accepted (${form})`);
  }
  return refusal(topic, right.kind === "refused" ? right.error : wrong.error, "the right ETag is refused too");
}
