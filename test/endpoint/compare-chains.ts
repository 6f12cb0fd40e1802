import { isCurrent, type Told } from "./compare.js";
import type { Seen, Snapshot } from "./snapshot.js";

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
