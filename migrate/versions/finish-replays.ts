import type { OnEvent } from "../journal/events.js";
import type { JournalWriter } from "../journal/journal-writer.js";
import { readJournal } from "../journal/read-journal.js";
import type { JournalRecord } from "../journal/record.js";
import type { ScopeProgress } from "../journal/resume.js";
import type { Scope } from "../model/scope.js";
import type { Road } from "../object/context.js";
import { type Chain, compareChain } from "./chain.js";
import { entriesOfKey } from "./read-chain.js";
import { replayChain } from "./replay-chain.js";
import { recordOfReplay } from "./replay-outcome.js";

/** Where a scope goes on. */
type ProgressOf = (scope: Scope) => ScopeProgress;

interface FinishTools {
  readonly road: Road;
  readonly journal: JournalWriter;
  readonly onEvent: OnEvent;
  /** Whether its bucket can be seen now: what cannot is left to a later session. */
  readonly isSeen: (chain: Chain) => boolean;
}

/** Where each scope goes on, once what a killed session had begun to re-create has come to its end. */
export async function finishReplays(
  session: { readonly earlier: object | null; readonly runDir: string; readonly progressOf: ProgressOf },
  { road, journal, onEvent, isSeen }: FinishTools,
): Promise<ProgressOf> {
  if (session.earlier === null || road.mode !== "migrate") return session.progressOf;
  const finished: Chain[] = [];
  for (const chain of await unfinishedReplays(readJournal(session.runDir))) {
    if (road.signal?.aborted || !isSeen(chain) || (await isUntouched(chain, road))) continue;
    const capabilities = await road.capabilitiesOf(chain.bucket);
    const startedMs = performance.now();
    const append = (step: Chain["made"][number]) => journal.append(step);
    const end = await replayChain(chain, { road: { ...road, capabilities }, append });
    const record = recordOfReplay(chain, end, { startedMs, at: road.now() });
    if (record === null) continue;
    await journal.append(record);
    onEvent({ kind: "outcome", record });
    finished.push(chain);
  }
  return (scope) => withDone(session.progressOf(scope), scope, finished);
}

/** Nothing of what was made is there, and all of what was: the key is met again in the listing. */
async function isUntouched(chain: Chain, road: Road): Promise<boolean> {
  const entries = await entriesOfKey(road.store, chain);
  const latest = entries.find(({ isLatest }) => isLatest)?.versionId ?? null;
  const seen = { versionIds: new Set(entries.map(({ versionId }) => versionId)), latest };
  return compareChain({ ...chain, made: [] }, seen).kind === "make";
}

function withDone(progress: ScopeProgress, { bucket, prefix }: Scope, finished: readonly Chain[]): ScopeProgress {
  const keys = finished.filter((chain) => chain.bucket === bucket && chain.key.startsWith(prefix));
  return { ...progress, doneKeys: new Set([...progress.doneKeys, ...keys.map(({ key }) => key)]) };
}

/** Chains that a killed session had begun, and whose key has no outcome. */
async function unfinishedReplays(records: AsyncIterable<JournalRecord>): Promise<readonly Chain[]> {
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
