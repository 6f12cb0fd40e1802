import type { VersionOutcome, VersionRecord } from "../journal/observation.js";
import type { OutcomeKind, OutcomeRecord } from "../journal/record.js";
import { REASON_WORDS, VERSION_LEFT_WORDS } from "../model/reason.js";
import { ENGLISH } from "./language.js";

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

/**
 * Every object that is not clearly encrypted, and every copied one with notes. What a dry run would have copied is its
 * plan.
 */
function isException({ outcome, notes }: OutcomeRecord): boolean {
  if (outcome.kind === "skipped" && outcome.reason === "dry-run") return notes.length > 0;
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

/** The reason for the outcome of a noncurrent version. */
export function versionReasonWords(outcome: VersionOutcome, { say } = ENGLISH): string {
  switch (outcome.kind) {
    case "plaintext":
      return say(VERSION_LEFT_WORDS[outcome.reason]);
    case "removed":
      return say("not encrypted: removed by this run");
    case "vanished":
      return say(REASON_WORDS.vanished);
    case "encrypted":
    case "unproven":
    case "failed":
      return say(REASON_WORDS[outcome.reason]);
  }
}

/** Whether an auditor should look at it individually. */
function isVersionException({ outcome }: VersionRecord): boolean {
  return outcome.kind !== "encrypted" && outcome.kind !== "removed";
}
