import type { JournalWriter } from "../journal/journal-writer.js";
import type { OutcomeRecord } from "../journal/record.js";
import type { ObjectRef } from "../model/object.js";
import { VERSION_LEFT_WORDS } from "../model/reason.js";
import type { Road } from "../object/context.js";
import { processObject } from "../object/process-object.js";
import { StoreError } from "../store/store-error.js";
import type { Chain } from "./chain.js";
import { type ReadChain, readChain } from "./read-chain.js";
import { recordOfReplay } from "./record-of-replay.js";
import { replayChain } from "./replay-chain.js";

/**
 * The road of one object together with its older versions. Where its history needs no re-creating, or must not be, the object
 * goes its own way, and the record says why.
 */
export async function processChain(
  ref: ObjectRef,
  road: Road,
  journal: Pick<JournalWriter, "append">,
): Promise<OutcomeRecord | null> {
  const startedMs = performance.now();
  const { bucket, key } = ref;
  const read = await readOrRefuse(ref, road);
  if (read.kind !== "replay") {
    const record = await processObject(ref, road);
    const note = read.kind === "refuse" ? [`its history was not re-created: ${read.because}`] : [];
    return record === null ? null : { ...record, notes: [...record.notes, ...note] };
  }
  const capable: Road = { ...road, capabilities: await road.capabilitiesOf(bucket) };
  const begunAt = road.now();
  const { range, older } = read;
  await journal.append({ kind: "replay", bucket, key, range, older, at: begunAt.toISOString() });
  const chain: Chain = { bucket, key, range, older, made: [], begunAt, isResumed: false };
  const end = await replayChain(chain, { road: capable, append: (step) => journal.append(step) });
  return recordOfReplay(chain, end, { startedMs, at: road.now() });
}

async function readOrRefuse({ bucket, key }: ObjectRef, road: Road): Promise<ReadChain> {
  const settings = road.buckets.find((found) => found.bucket === bucket);
  if (settings?.versioning === "suspended") {
    return { kind: "refuse", because: "versioning is suspended, and a copy would replace the null version" };
  }
  if (settings?.versioning !== "enabled") return { kind: "nothing" };
  if (road.removals.isStopped) return { kind: "refuse", because: VERSION_LEFT_WORDS["removals-stopped"] };
  try {
    return await readChain({ bucket, key }, settings, road);
  } catch (error) {
    if (error instanceof StoreError) return { kind: "refuse", because: error.message };
    throw error;
  }
}
