import type { JournalRecord } from "../journal/record.js";
import type { Chain } from "./chain.js";

/** Chains that a killed session had begun, and whose key has no outcome. */
export async function unfinishedReplays(records: AsyncIterable<JournalRecord>): Promise<readonly Chain[]> {
  const chains = new Map<string, Chain>();
  for await (const record of records) {
    if (record.kind !== "replay" && record.kind !== "replay-step" && record.kind !== "outcome") continue;
    const { bucket, key } = record;
    const object = JSON.stringify([bucket, key]);
    if (record.kind === "outcome") chains.delete(object);
    if (record.kind === "replay") {
      const { range, older, at } = record;
      chains.set(object, { bucket, key, range, older, made: [], begunAt: new Date(at), isResumed: true });
    }
    const begun = chains.get(object);
    if (record.kind === "replay-step" && begun) chains.set(object, { ...begun, made: [...begun.made, record] });
  }
  return [...chains.values()];
}
