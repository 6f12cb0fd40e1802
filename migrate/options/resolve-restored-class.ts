import type { Fields } from "./fields.js";
import type { KnownCapabilities } from "./resolve-capabilities.js";
import type { Place } from "./resolve-place.js";

const STANDARD = "STANDARD";

/** The class for copies of what was restored from an archive: one that the store is known to have, and to read from at once. */
export function resolveRestoredClass(
  { restoredClass, acceptLoss }: Fields,
  { provider }: Place,
  { values }: KnownCapabilities,
  problems: string[],
): string | null {
  if (restoredClass === undefined) return null;
  const online = [...new Set([STANDARD, ...values.onlineClasses])];
  if (!online.includes(restoredClass)) {
    problems.push(
      `--restored-class: "${restoredClass}" is no class of ${provider.name} that objects are read from at once: give one of ${online.join(", ")}`,
    );
  }
  if (acceptLoss.includes("restore")) {
    problems.push(
      "--restored-class keeps restored objects readable, and --accept-loss restore archives them again: give one of the two",
    );
  }
  return restoredClass;
}
