/** Documented in the README. */
export const EXIT = {
  done: 0,
  /** Some objects failed or were refused, a location was not seen, what --fail-on names was found, or nothing was examined; of `verify`: the report does not hold. */
  objectsOpen: 1,
  badUsage: 2,
  bucketUnreadable: 3,
  /** A test object did not come through its copy: the store is not to be trusted with real ones. */
  canaryFailed: 4,
  /** A bug of ours, with words to send on. */
  bug: 70,
  interrupted: 130,
} as const;
