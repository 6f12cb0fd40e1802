import { readJournal } from "../journal/read-journal.js";
import type { JournalRecord } from "../journal/record.js";
import type { ScopeProgress } from "../journal/resume.js";
import { placeIn } from "../model/key-range.js";
import type { Scope } from "../model/scope.js";
import type { RunContext } from "../object/context.js";
import { type BegunChain, type Chain, compareChain } from "./chain.js";
import { entriesOfKey } from "./read-chain.js";
import { replayChain } from "./replay-chain.js";
import { recordOfReplay } from "./replay-outcome.js";

/** The position at which a scope continues. */
type ProgressOf = (scope: Scope) => ScopeProgress;

/** Finishes the re-creations that a killed session had begun, and returns where each scope continues. */
export async function finishReplays(
  session: { readonly earlier: object | null; readonly runDir: string; readonly progressOf: ProgressOf },
  context: RunContext,
  /** Whether its bucket is visible now. Otherwise a later session finishes it. */
  isSeen: (chain: BegunChain) => boolean,
): Promise<ProgressOf> {
  if (session.earlier === null || context.mode !== "migrate") return session.progressOf;
  const finished: BegunChain[] = [];
  for (const begun of await unfinishedReplays(readJournal(session.runDir))) {
    if (context.signal?.aborted || !isSeen(begun) || (await isUntouched(begun, context))) continue;
    const chain: Chain = { ...begun, capabilities: await context.capabilitiesOf(begun.bucket) };
    const startedMs = performance.now();
    const end = await replayChain(chain, context);
    const record = recordOfReplay(chain, end, { startedMs, at: context.now() });
    if (record === null) continue;
    await context.journal.append(record);
    context.onEvent({ kind: "outcome", record });
    finished.push(chain);
  }
  return (scope) => withDone(session.progressOf(scope), scope, finished);
}

/** No copy exists and all originals do, so the listing will lead to the key again. */
async function isUntouched(chain: BegunChain, context: RunContext): Promise<boolean> {
  const entries = await entriesOfKey(context.store, chain);
  const latest = entries.find(({ isLatest }) => isLatest)?.versionId ?? null;
  const seen = { versionIds: new Set(entries.map(({ versionId }) => versionId)), latest };
  return compareChain({ ...chain, made: [] }, seen).kind === "make";
}

function withDone(progress: ScopeProgress, { bucket, prefix }: Scope, finished: readonly BegunChain[]): ScopeProgress {
  const keys = finished
    .filter((chain) => chain.bucket === bucket && chain.key.startsWith(prefix))
    .map(({ key }) => key);
  const ranges = progress.ranges.map((one) => ({
    ...one,
    doneKeys: new Set([...one.doneKeys, ...keys.filter((key) => placeIn(one.range, key) === "inside")]),
  }));
  return { ...progress, ranges };
}

/** Chains that a killed session had begun and whose key has no outcome. */
async function unfinishedReplays(records: AsyncIterable<JournalRecord>): Promise<readonly BegunChain[]> {
  const chains = new Map<string, BegunChain>();
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
