import type { KnownObjects } from "./known.js";

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
