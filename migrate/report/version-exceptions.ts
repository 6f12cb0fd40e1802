import type { VersionRecord } from "../journal/observation.js";
import { isVersionException } from "./version-words.js";

/** Held in memory while a report is written, so their number is bounded. */
const MAX_VERSION_EXCEPTIONS = 1000;

/** Noncurrent versions that are not plainly encrypted or removed, in the order of the journal. */
export interface VersionExceptions {
  /** All there are, shown or not. */
  readonly total: number;
  readonly first: readonly VersionRecord[];
}

export interface VersionExceptionsFold {
  add(record: VersionRecord): void;
  result(): VersionExceptions;
}

export function createVersionExceptionsFold(limit = MAX_VERSION_EXCEPTIONS): VersionExceptionsFold {
  const first: VersionRecord[] = [];
  let total = 0;
  return {
    add(record) {
      if (!isVersionException(record)) return;
      total += 1;
      if (first.length < limit) first.push(record);
    },
    result: () => ({ total, first }),
  };
}
