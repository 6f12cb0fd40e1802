import type { Observation } from "../journal/record.js";
import { type Change, changeOf } from "./change.js";
import type { Coverage } from "./coverage.js";
import type { SeenEntry } from "./seen-entry.js";

/** What became of one object, or of one older version of it. */
export interface Difference {
  readonly change: Change;
  readonly bucket: string;
  readonly key: string;
  readonly subject: "object" | "older-version";
  /** Of an older version. */
  readonly versionId: string | null;
  readonly earlier: Observation | null;
  readonly later: Observation | null;
}

interface Sides<T> {
  readonly earlier: T;
  readonly later: T;
}

/** Compares all that two runs saw of one key. Pure. */
export function compareKey(entries: Sides<readonly SeenEntry[]>, coverage: Sides<Coverage>): readonly Difference[] {
  const [place] = [...entries.earlier, ...entries.later];
  if (place === undefined) return [];
  const { bucket, key } = place;
  const sides = { earlier: sideOf(entries.earlier), later: sideOf(entries.later) };
  const of = (
    subject: Difference["subject"],
    versionId: string | null,
    seen: Sides<Observation | null | undefined>,
  ) => {
    const covers = (side: Coverage) => (subject === "object" ? side.objects(bucket, key) : side.versions(bucket, key));
    const change = changeBetween(seen, { earlier: covers(coverage.earlier), later: covers(coverage.later) });
    if (change === null) return [];
    return [{ change, bucket, key, subject, versionId, earlier: seen.earlier ?? null, later: seen.later ?? null }];
  };
  return [
    ...of("object", null, { earlier: sides.earlier.current, later: sides.later.current }),
    ...olderVersions(sides).flatMap(({ versionId, ...seen }) => of("older-version", versionId, seen)),
  ];
}

interface Side {
  /** `undefined` where the run said nothing of the object, `null` where it was not there. */
  readonly current: Observation | null | undefined;
  readonly older: ReadonlyMap<string, Observation | null>;
}

function sideOf(entries: readonly SeenEntry[]): Side {
  const current = entries.findLast(({ olderVersion }) => olderVersion === null)?.seen;
  const older = entries.flatMap(({ olderVersion, seen }) =>
    olderVersion === null ? [] : [[olderVersion, seen] as const],
  );
  return { current, older: new Map(older) };
}

/** Those that are older ones now, or were then and are not current now. What was current then and was overwritten is one now. */
function olderVersions({ earlier, later }: Sides<Side>) {
  const idNow = later.current?.versionId ?? null;
  const ids = new Set([...later.older.keys(), ...[...earlier.older.keys()].filter((id) => id !== idNow)]);
  return [...ids].map((versionId) => ({
    versionId,
    earlier: earlier.older.get(versionId) ?? (earlier.current?.versionId === versionId ? earlier.current : undefined),
    later: later.older.get(versionId),
  }));
}

/** `null` where there was nothing then, and is nothing now. */
function changeBetween(
  { earlier, later }: Sides<Observation | null | undefined>,
  covered: Sides<boolean>,
): Change | null {
  if (earlier && later) return changeOf(earlier.state, later.state);
  if (later) return earlier === null || covered.earlier ? "new" : "not-compared";
  if (earlier) return later === null || covered.later ? "gone" : "not-compared";
  return null;
}
