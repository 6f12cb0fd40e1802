import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeKind, OutcomeRecord } from "../journal/record.js";
import { isVersionException } from "./noncurrent.js";

/** Held in memory while a report is written, so their number is bounded. */
const MAX_EXCEPTIONS = 10_000;

/** What an auditor should look at one by one: the worst first, then in the order of the journal. */
export interface Exceptions {
  /** All there are, shown or not. */
  readonly total: number;
  readonly first: readonly OutcomeRecord[];
}

interface ExceptionsFold {
  add(record: OutcomeRecord): void;
  result(): Exceptions;
}

const WORST_FIRST: readonly OutcomeKind[] = ["failed", "refused", "not-found", "skipped", "vanished", "migrated"];

export function createExceptionsFold(limit: number = MAX_EXCEPTIONS): ExceptionsFold {
  const kept = new Map<OutcomeKind, OutcomeRecord[]>(WORST_FIRST.map((kind) => [kind, []]));
  let total = 0;
  let held = 0;
  return {
    add(record) {
      if (!isException(record)) {
        return;
      }
      total += 1;
      held += 1;
      kept.get(record.outcome.kind)?.push(record);
      if (held > limit) {
        dropLeast(kept);
        held -= 1;
      }
    },
    result: () => ({ total, first: [...kept.values()].flat() }),
  };
}

/** Everything that is not plainly encrypted, and what was encrypted with something to tell. */
function isException({ outcome, notes }: OutcomeRecord): boolean {
  return outcome.kind === "migrated" ? notes.length > 0 : outcome.kind !== "already-encrypted";
}

function dropLeast(kept: Map<OutcomeKind, OutcomeRecord[]>): void {
  const least = [...kept.values()].findLast((records) => records.length > 0);
  least?.pop();
}

/** Held in memory while a report is written, so their number is bounded. */
const MAX_VERSION_EXCEPTIONS = 1000;

/** Noncurrent versions that are not plainly encrypted or removed, in the order of the journal. */
export interface VersionExceptions {
  /** All there are, shown or not. */
  readonly total: number;
  readonly first: readonly VersionRecord[];
}

interface VersionExceptionsFold {
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
