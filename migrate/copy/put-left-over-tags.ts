import type { StrategyName } from "../model/strategy.js";
import { StoreError } from "../store/store-error.js";
import { tagsLeftOver } from "./carried-headers.js";
import type { Copied, CopyJob } from "./copied.js";

/** The object is copied by now: tags that cannot be put again are told, so that they are not lost. */
export async function putLeftOverTags(
  job: CopyJob,
  strategy: StrategyName,
  { versionId }: Pick<Copied, "versionId">,
): Promise<void> {
  const { store, facts, carried, capabilities } = job;
  const tags = tagsLeftOver(strategy, carried, capabilities);
  if (tags.length === 0) return;
  const { bucket, key } = facts;
  try {
    await store.putObjectTagging({ bucket, key, versionId: versionId ?? undefined, tags });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const message = `${error.facts.message}; copied and encrypted, but without its tags, which were ${JSON.stringify(tags)}`;
    throw new StoreError({ ...error.facts, message, kind: "other" }, error);
  }
}
