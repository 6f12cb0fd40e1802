import type { OnEvent } from "../../migrate/index.js";
import { countOf } from "../../migrate/model/text.js";
import { warn } from "./terminal.js";

const NAMED = 3;

/** Says what was found of the buckets before the first object is looked at: the same warning once, however many it is of. */
export function bucketWarnings(): OnEvent {
  const bucketsOf = new Map<string, string[]>();
  return (event) => {
    if (event.kind === "bucket") {
      const { bucket, warnings } = event.findings;
      for (const warning of warnings) bucketsOf.set(warning, [...(bucketsOf.get(warning) ?? []), bucket]);
    }
    if (event.kind !== "scope-started") return;
    for (const [warning, buckets] of bucketsOf) warn(`${named(buckets)}: ${warning}`);
    bucketsOf.clear();
  };
}

function named(buckets: readonly string[]): string {
  const more = buckets.length - NAMED;
  const first = buckets.slice(0, NAMED).join(", ");
  return more > 0 ? `${first} and ${countOf(more, "more bucket", "more buckets")}` : first;
}
