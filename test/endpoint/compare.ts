import type { OutcomeRecord } from "../../migrate/index.js";
import type { VersionRecord } from "../../migrate/journal/observation.js";
import type { Seen, Snapshot } from "./snapshot.js";

/** The journal of a run: each current object, and each noncurrent version by `idOf`. */
export interface Told {
  readonly objects: ReadonlyMap<string, OutcomeRecord>;
  readonly versions: ReadonlyMap<string, VersionRecord>;
}

const STATES: Readonly<Record<string, string>> = {
  none: "none",
  AES256: "sse-s3",
  "SSE-C": "sse-c",
  "aws:kms": "sse-kms",
  "aws:kms:dsse": "dsse-kms",
};

export const idOf = ({ key, versionId }: { readonly key: string; readonly versionId: string | null }) =>
  JSON.stringify([key, versionId ?? "null"]);

export const isCurrent = ({ isLatest, isMarker }: Seen) => isLatest && !isMarker;

/** Versions that are gone, new, or other than they were; none is where a run only looked. */
export function changed(before: Snapshot, after: Snapshot): string[] {
  const then = new Map(before.map((seen) => [idOf(seen), JSON.stringify(seen)]));
  const now = new Map(after.map((seen) => [idOf(seen), JSON.stringify(seen)]));
  return [...new Set([...then.keys(), ...now.keys()])]
    .filter((id) => then.get(id) !== now.get(id))
    .map((id) => `${id} was ${then.get(id) ?? "not there"}, is ${now.get(id) ?? "gone"}`);
}

/** The differences between a run's report of the bucket and the witness's view before it. */
export function wronglyTold(before: Snapshot, { objects, versions }: Told): string[] {
  const current = before.filter(isCurrent);
  const untold = current.filter(({ key }) => !objects.has(key)).map(({ key }) => `${JSON.stringify(key)} has no line`);
  const told = new Set(current.map(({ key }) => key));
  const unknown = [...objects.keys()]
    .filter((key) => !told.has(key))
    .map((key) => `${JSON.stringify(key)} is no object`);
  const states = before.flatMap((seen) => {
    if (seen.isMarker) return [];
    const record = seen.isLatest ? objects.get(seen.key) : versions.get(idOf(seen));
    // An object that could not be looked at is a failure of its own.
    const said = record?.outcome.kind === "failed" ? undefined : record?.before.state;
    const is = STATES[seen.encryption];
    return said === undefined || said === is ? [] : [`${idOf(seen)} is ${is}, and the run says ${said}`];
  });
  return [...untold, ...unknown, ...states];
}

/** Changes of a bucket that the run does not name, and changes that the run names and did not make. */
export function unnamedChanges(before: Snapshot, after: Snapshot, told: Told): string[] {
  const now = new Map(after.map((seen) => [idOf(seen), seen]));
  const current = new Map(after.filter(isCurrent).map((seen) => [seen.key, seen]));
  const kept = before.flatMap((was) => {
    if (isCurrent(was)) return ofCurrent(was, current.get(was.key), now, told);
    return ofOlder(was, now.get(idOf(was)), told);
  });
  return [...kept, ...added(before, after, told)];
}

function ofCurrent(was: Seen, is: Seen | undefined, now: ReadonlyMap<string, Seen>, told: Told): string[] {
  const record = told.objects.get(was.key);
  const name = JSON.stringify(was.key);
  if (is === undefined) return [`${name} is gone`];
  if (record === undefined) return [`${name} has no line`];
  const inPlace = is.versionId === was.versionId;
  const older = inPlace ? [] : ofOlder({ ...was, isLatest: false }, now.get(idOf(was)), told);
  if (!isWritten(record)) return [...changed([was], [is]), ...older];
  return [...differences(was, is, record).map((what) => `${name}: ${what}`), ...older];
}

function isWritten({ outcome }: OutcomeRecord): boolean {
  if (outcome.kind === "failed") return /^(differs|not-encrypted)-after-copy$/.test(outcome.reason);
  return outcome.kind === "migrated";
}

/** The differences of a copy that its line does not name, and the other way round. */
function differences(was: Seen, is: Seen, { outcome, notes }: OutcomeRecord): string[] {
  const detail = outcome.kind === "failed" ? outcome.detail : "";
  const words = [...notes, detail].join("; ");
  const marks = [...new Set([...Object.keys(was.marks), ...Object.keys(is.marks)])].filter(
    (name) => was.marks[name] !== is.marks[name],
  );
  const unnamed = marks
    .filter((name) => !words.includes(name === "tags" ? "tag" : name))
    .map((name) => `${name} was ${was.marks[name]}, is ${is.marks[name]}, and the run does not say so`);
  const body =
    was.status === is.status && was.bodySha256 === is.bodySha256 ? [] : [`its bytes are others (${is.status})`];
  const wrong = outcome.kind === "failed" && marks.length === 0 && is.encryption === "AES256";
  return [
    ...body,
    ...unnamed,
    ...(outcome.kind === "migrated" && is.encryption === "none" ? ["is called migrated and is in plaintext"] : []),
    ...(wrong ? [`is called failed, and nothing of it is otherwise: ${detail}`] : []),
    ...etagDifference(was, is, words),
    ...checksumDifferences(was, is, words),
  ];
}

function etagDifference(was: Seen, is: Seen, words: string): string[] {
  const [, from, to] = /ETag changed from (\S+?) to ([^\s;]+)/.exec(words) ?? [];
  if (was.etag === is.etag) return from === undefined ? [] : ["its ETag is the same, and the run says it changed"];
  if (from === was.etag && to === is.etag) return [];
  // The error of a failed copy names the part that failed.
  return words.includes("changed by the copy")
    ? []
    : [`its ETag was ${was.etag}, is ${is.etag}, and the run does not say so`];
}

function checksumDifferences(was: Seen, is: Seen, words: string): string[] {
  const names = Object.keys(was.checksums).filter((name) => was.checksums[name] !== is.checksums[name]);
  return names
    .filter((name) => !words.toLowerCase().includes(`checksum ${name}`))
    .map(
      (name) => `checksum ${name} was ${was.checksums[name]}, is ${is.checksums[name]}, and the run does not say so`,
    );
}

function ofOlder(was: Seen, is: Seen | undefined, { versions }: Told): string[] {
  const outcome = versions.get(idOf(was))?.outcome.kind;
  if (is === undefined)
    return outcome === "removed" ? [] : [`${idOf(was)} is gone, and the run calls it ${outcome ?? "nothing"}`];
  if (outcome === "removed") return [`${idOf(was)} is called removed, and is there`];
  return changed([{ ...was, isLatest: false }], [{ ...is, isLatest: false }]);
}

/** Versions that nobody had put there: a migration makes one of each object that it copies. */
function added(before: Snapshot, after: Snapshot, { objects }: Told): string[] {
  const then = new Set(before.map(idOf));
  const news = after.filter((seen) => !then.has(idOf(seen)));
  return news
    .filter((seen) => !isCurrent(seen) || !hasLine(objects.get(seen.key)))
    .map((seen) => `${idOf(seen)} is new, and no copy that the run tells of`);
}

function hasLine(record: OutcomeRecord | undefined): boolean {
  return record !== undefined && isWritten(record);
}

/** Keys whose versions, the newest first, are not the same ones as before a replay, encrypted; but for those that the run names. */
export function chainDifferences(before: Snapshot, after: Snapshot, { objects }: Told): string[] {
  const [then, now] = [chainsOf(before), chainsOf(after)];
  return [...then].flatMap(([key, was]) => {
    const is = now.get(key) ?? [];
    const outcome = objects.get(key)?.outcome.kind;
    const name = JSON.stringify(key);
    const isDeleted = !was.some(isCurrent);
    const asBefore = JSON.stringify(was) === JSON.stringify(is);
    // A key whose newest entry is a delete marker has no line, and is left alone.
    if (isDeleted || outcome === "refused" || outcome === "skipped")
      return asBefore ? [] : [`${name} is not as it was`];
    if (outcome === "failed") return lost(was, is).map((what) => `${name}: ${what} is gone`);
    const same = was.length === is.length && was.every((seen, nth) => contentOf(seen) === contentOf(is[nth]));
    const plain = is.filter(({ encryption, isMarker }) => !isMarker && encryption === "none").length;
    return [
      ...(same ? [] : [`${name}: ${was.map(contentOf).join(" ")} became ${is.map(contentOf).join(" ")}`]),
      ...(plain === 0 ? [] : [`${name} has ${plain} versions in plaintext, and is called ${outcome}`]),
    ];
  });
}

function chainsOf(snapshot: Snapshot): Map<string, Seen[]> {
  const chains = new Map<string, Seen[]>();
  for (const seen of snapshot) chains.set(seen.key, [...(chains.get(seen.key) ?? []), seen]);
  return chains;
}

function contentOf(seen: Seen | undefined): string {
  return seen === undefined ? "nothing" : JSON.stringify([seen.isMarker, seen.bodySha256, seen.marks]);
}

function lost(was: readonly Seen[], is: readonly Seen[]): string[] {
  const there = new Set(is.map(({ bodySha256 }) => bodySha256));
  return was.map(({ bodySha256 }) => bodySha256).filter((body) => !there.has(body));
}
