import type { Met } from "./chaotic-world.js";

/** What keeps the answer of a request that was carried out from coming back. */
const ANSWER_LOST = new Set(["reset-after", "half-body"]);

/**
 * The uploads that the store began and that nobody was told of: a known gap, which a sweep of the run's own uploads would
 * close. Turn it off to see whether one does.
 */
const MAY_STAY_OPEN = true;

export function uploadsWithoutAnAnswer(met: readonly Met[]): number {
  const lost = met.filter(({ fault, operation }) => operation === "CreateMultipartUpload" && ANSWER_LOST.has(fault));
  return MAY_STAY_OPEN ? lost.length : 0;
}
