import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeKind, OutcomeRecord } from "../journal/record.js";
import { isVersionException } from "./noncurrent.js";

/** Bounded, because they are kept in memory while a report is written. */
const MAX_EXCEPTIONS = 10_000;

/** Objects that an auditor should look at individually: the worst first, then in journal order. */
export interface Exceptions {
  /** The full number, shown or not. */
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

/** Every object that is not clearly encrypted, and every copied one with notes. */
function isException({ outcome, notes }: OutcomeRecord): boolean {
  return outcome.kind === "migrated" ? notes.length > 0 : outcome.kind !== "already-encrypted";
}

function dropLeast(kept: Map<OutcomeKind, OutcomeRecord[]>): void {
  const least = [...kept.values()].findLast((records) => records.length > 0);
  least?.pop();
}

/** Bounded, because they are kept in memory while a report is written. */
const MAX_VERSION_EXCEPTIONS = 1000;

/** Noncurrent versions that are neither plainly encrypted nor removed, in journal order. */
export interface VersionExceptions {
  /** The full number, shown or not. */
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
