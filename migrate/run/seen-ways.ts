import type { OnEvent } from "../journal/events.js";
import type { RunFile } from "../journal/run-folder.js";
import type { BucketFindings, SeenWay } from "../journal/run-record.js";
import type { Capabilities, LostByWay, Property } from "../model/capabilities.js";
import type { StrategyName } from "../model/strategy.js";
import type { RunContext } from "../object/context.js";

/** What was seen of ways of copying as the run went on. It stands in run.json, for a session that goes on with the run. */
export interface SeenWays {
  /** What plans are made from, as known now. */
  readonly capabilitiesOf: RunContext["capabilitiesOf"];
  /** A test object that was copied this way lost these. */
  readonly lose: (bucket: string, way: StrategyName, lost: readonly Property[], because: string) => Promise<void>;
  /** The store refused to copy a test object this way, or one from under a customer key. */
  readonly refuse: (bucket: string, way: StrategyName, isUnderKey: boolean, because: string) => Promise<void>;
  /** A real object did. */
  readonly stop: NonNullable<RunContext["stopWay"]>;
}

/** Somebody else may have changed these while the object was copied: their loss alone closes no way. */
const CHANGED_BY_OTHERS: ReadonlySet<Property> = new Set(["tags", "acl"]);

export function seenWays(
  known: RunContext["capabilitiesOf"],
  { runFile, onEvent }: { readonly runFile: RunFile; readonly onEvent: OnEvent },
): SeenWays {
  const waysOf = (bucket: string) => runFile.current().buckets.find((found) => found.bucket === bucket)?.ways ?? [];
  const note = async (bucket: string, seen: SeenWay) => {
    if (isKnown(seen, waysOf(bucket))) return;
    const warning = warningOf(seen);
    onEvent({ kind: "bucket-warning", bucket, warning });
    await runFile.note(bucket, ({ ways, warnings }) => ({
      ways: [...(ways ?? []), seen],
      warnings: [...new Set([...warnings, warning])],
    }));
  };
  return {
    capabilitiesOf: async (bucket) => withWays(await known(bucket), waysOf(bucket)),
    lose: (bucket, way, lost, because) => note(bucket, { way, lost: [...lost], closed: false, because }),
    refuse: (bucket, way, isUnderKey, because) =>
      note(bucket, { way, lost: [], closed: true, because, ...(isUnderKey ? { toCustomerKeys: true } : {}) }),
    stop: (bucket, way, lost) => {
      const closed = lost.length === 0 || lost.some((property) => !CHANGED_BY_OTHERS.has(property));
      const because = closed ? "one differed after it, or was not encrypted" : "an object was seen to have lost it";
      return note(bucket, { way, lost: [...lost], closed, because });
    },
  };
}

function isKnown(seen: SeenWay, ways: NonNullable<BucketFindings["ways"]>): boolean {
  const same = ways.filter(({ way, toCustomerKeys }) => way === seen.way && toCustomerKeys === seen.toCustomerKeys);
  if (seen.closed) return same.some(({ closed }) => closed);
  const lost = same.flatMap((earlier) => earlier.lost);
  return seen.lost.every((property) => lost.includes(property));
}

function withWays(capabilities: Capabilities, ways: readonly SeenWay[]): Capabilities {
  if (ways.length === 0) return capabilities;
  const lostBy: { [way in StrategyName]?: readonly Property[] } = { ...capabilities.lostBy };
  for (const { way, lost } of ways) lostBy[way] = [...new Set([...(lostBy[way] ?? []), ...lost])];
  const closed = (toKeys: boolean) =>
    ways.filter((seen) => seen.closed && (seen.toCustomerKeys ?? false) === toKeys).map(({ way }) => way);
  const all: LostByWay = lostBy;
  return {
    ...capabilities,
    lostBy: all,
    closedWays: [...new Set([...capabilities.closedWays, ...closed(false)])],
    closedToCustomerKeys: [...new Set([...capabilities.closedToCustomerKeys, ...closed(true)])],
  };
}

function warningOf({ way, lost, closed, toCustomerKeys, because }: SeenWay): string {
  if (closed)
    return `no object${toCustomerKeys ? " under a customer key" : ""} is copied by ${way} any more: ${because}`;
  return `${way} lost ${lost.join(", ")}: objects that have it are copied another way, and tags are put afterwards (${because})`;
}
