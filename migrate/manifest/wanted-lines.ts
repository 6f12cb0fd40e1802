import type { JournalRecord } from "../journal/record.js";

/** What lines are looked for. */
export interface WantedLines {
  readonly key: string;
  /** Any, where it is not given. */
  readonly versionId?: string | undefined;
}

export function isWanted(record: JournalRecord, { key, versionId }: WantedLines): boolean {
  if (!("key" in record) || record.key !== key) return false;
  return versionId === undefined || versionIdsOf(record).includes(versionId);
}

/** Every version id that a line tells of. */
export function versionIdsOf(record: JournalRecord): readonly string[] {
  return idsIn(record).filter((id) => id !== null && id !== undefined);
}

function idsIn(record: JournalRecord): readonly (string | null | undefined)[] {
  switch (record.kind) {
    case "outcome": {
      const seen = [record, ...(record.replayed ?? [])].flatMap(({ before, after }) => [before, after]);
      return seen.map((observation) => observation?.versionId);
    }
    case "version":
    case "removal":
      return [record.before.versionId];
    case "replay":
      return [...record.range.map(({ versionId }) => versionId), ...record.older];
    case "replay-step":
      return [record.of, record.versionId];
    case "checkpoint":
    case "version-checkpoint":
    case "arrivals":
    case "sight":
    case "intent":
    case "upload":
    case "throw-away":
      return [];
  }
}
