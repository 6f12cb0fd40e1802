import type { VersionRecord } from "../journal/observation.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { Known, KnownObjects } from "./baseline-entry.js";
import { settleSample } from "./sample.js";

/** Asks one source after the other until one of them knows something. */
export function firstKnown(sources: readonly KnownObjects[]): KnownObjects {
  return {
    object: (ref) => first(sources, (source) => source.object(ref)),
    version: (ref) => first(sources, (source) => source.version(ref)),
    close: async () => {
      for (const source of sources) await source.close();
    },
  };
}

async function first<T>(
  sources: readonly KnownObjects[],
  ask: (source: KnownObjects) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const source of sources) {
    const known = await ask(source);
    if (known !== undefined) return known;
  }
  return undefined;
}

/** The record of an object of which something is known, or not; `read` looks at it. */
export async function processKnown<R extends OutcomeRecord | VersionRecord>(
  known: Known<R> | undefined,
  read: () => Promise<R | null>,
): Promise<R | null> {
  if (known?.kind === "take") return known.record;
  const record = await read();
  return known === undefined || record === null ? record : settleSample(known.entry, record);
}
