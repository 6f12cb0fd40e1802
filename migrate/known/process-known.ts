import { settleSample } from "../baseline/settle-sample.js";
import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { Known } from "./known.js";

/** The record of an object of which something is known, or not; `read` looks at it. */
export async function processKnown<R extends OutcomeRecord | VersionRecord>(
  known: Known<R> | undefined,
  read: () => Promise<R | null>,
): Promise<R | null> {
  if (known?.kind === "take") return known.record;
  const record = await read();
  return known === undefined || record === null ? record : settleSample(known.entry, record);
}
