/** What was seen of an object counts for so long: changes that leave its ETag alone fail no condition. */
const LONG_MS = 250;

/** Waits, and tells whether that took so long that what was seen before has to be looked at again. */
export async function isLongWait(wait: Promise<unknown>): Promise<boolean> {
  const startedMs = performance.now();
  await wait;
  return performance.now() - startedMs > LONG_MS;
}

/** The first objects of a bucket wait for its trials, which takes seconds. */
export class WaitedLong extends Error {
  override readonly name = "WaitedLong";
}
