import type { Road } from "../object/context.js";
import type { Chain } from "./chain.js";
import { recognise } from "./recognise.js";

/**
 * A call whose answer is lost is made again, and where nothing forbids it a version is then made twice. Removes the repetition,
 * which is the same as the last one that was made; `false`, and nothing removed, where something else is there too.
 */
export async function removeRepeated(chain: Chain, extra: readonly string[], road: Road): Promise<boolean> {
  const { bucket, key, range, made } = chain;
  const last = range[made.length - 1];
  if (last?.kind !== "version" || extra.length === 0) return false;
  for (const versionId of extra) {
    if ((await recognise(chain, last, versionId, road)) === null) return false;
  }
  for (const versionId of extra) await road.store.deleteObject({ bucket, key, versionId });
  return true;
}
