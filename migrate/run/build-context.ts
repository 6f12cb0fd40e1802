import pLimit from "p-limit";
import { type Baseline, openBaseline } from "../compare/baseline.js";
import type { KnownObjects } from "../compare/baseline-entry.js";
import { type Named, openNamed } from "../compare/key-manifest.js";
import { firstKnown } from "../compare/known.js";
import { knownByBaseline } from "../compare/known-by-baseline.js";
import { knownByInventory } from "../compare/known-by-inventory.js";
import type { OnEvent } from "../journal/events.js";
import type { InFlight } from "../journal/in-flight.js";
import type { JournalWriter } from "../journal/journal-writer.js";
import type { RunFile } from "../journal/run-folder.js";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import type { Scope } from "../model/scope.js";
import type { Road } from "../object/context.js";
import type { ObjectStore } from "../store/object-store.js";
import { createRemovalGuard } from "../versions/removal-guard.js";
import { bucketCapabilities, ownerOfWrites } from "./bucket-capabilities.js";
import { Canaries } from "./canaries.js";
import type { ThrowAways } from "./clean-up.js";
import type { Connection } from "./connect.js";
import { seenWays } from "./seen-ways.js";
import type { Command, Session } from "./session.js";
import { countTouched, type Touched } from "./touched.js";

interface Tools {
  readonly journal: JournalWriter;
  readonly runFile: RunFile;
  readonly throwAways: ThrowAways;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  readonly now: () => Date;
  readonly runStartedAt: Date;
  readonly inFlight: InFlight;
}

interface BuiltRoad {
  /** All but the buckets, which are looked at later. */
  readonly road: Omit<Road, "buckets">;
  readonly canaries: Canaries;
  readonly touched: Pick<Touched, "words">;
}

/** The road that every object of a session takes. */
export function buildRoad(
  { command, options, earlier }: Session,
  { store, canaryStore }: Connection,
  scopes: readonly Scope[],
  tools: Tools,
): BuiltRoad {
  const { signal, now, journal, runStartedAt, throwAways, inFlight } = tools;
  const mode = command === "audit" ? "audit" : options.dryRun ? "dry-run" : "migrate";
  const { onUpload } = throwAways;
  const onIntent: Road["onIntent"] = (intent) => journal.append({ kind: "intent", ...intent, at: now().toISOString() });
  const capabilities = options.capabilities.values;
  const partLimit = pLimit(options.concurrency);
  const { policy, keys } = options;
  const notes = { onUpload, onIntent, beforeThrowAway: throwAways.begin };
  const touched = countTouched(earlier !== null);
  const copying = { store: touched.watch(store), policy, capabilities, partLimit, signal, ...notes };
  const probes = mode === "migrate" && options.capabilities.from === "documents" && !options.assumeDocumented;
  const known = probes
    ? bucketCapabilities({ ...tools, options, scopes, store: canaryStore })
    : () => Promise.resolve(capabilities);
  const ways = seenWays(known, tools);
  const { capabilitiesOf } = ways;
  const canaries = new Canaries(scopes, { ...copying, store: canaryStore }, ways);
  const beforeCopy = ownerOfWrites(options.canary ? canaries.before : null, capabilitiesOf, tools);
  const attempts = { onAttempt: inFlight.begin, earlierAttempt: inFlight.earlier };
  const removals = createRemovalGuard({ store, capabilities, keys });
  const forEach = { beforeCopy, capabilitiesOf, stopWay: ways.stop, removals };
  return { road: { ...copying, ...attempts, ...forEach, keys, mode, runStartedAt, now }, canaries, touched };
}

interface Circumstances {
  readonly command: Command;
  readonly scopes: readonly Scope[];
  readonly store: ObjectStore;
  readonly signal: AbortSignal | undefined;
  readonly now: () => Date;
  readonly bucketOf: (bucket: string) => BucketFindings | undefined;
}

/** What need not be asked of the store. A migration asks of everything: what is copied, or left, rests on a look of its own. */
export function knownOf({ named, baseline }: GivenFiles, circumstances: Circumstances): KnownObjects {
  if (circumstances.command !== "audit") return firstKnown([]);
  return firstKnown([
    ...(named === null ? [] : [knownByInventory(named, circumstances)]),
    ...(baseline === null ? [] : [knownByBaseline(baseline, circumstances)]),
  ]);
}

/** Files that a run goes by beside what the store says. */
export interface GivenFiles {
  /** What an audit need not read again. */
  readonly baseline: Baseline | null;
  /** The objects that the run is kept to. */
  readonly named: Named | null;
  /** What run.json says of them. */
  readonly record: Pick<RunRecord, "baseline" | "keyManifest">;
  close(): Promise<void>;
}

/** Reads and sorts them, before anything is written. A resumed run goes by the same ones. */
export async function openGivenFiles(
  { options, earlier }: Pick<Session, "options" | "earlier">,
  scopes: readonly Scope[],
  onEvent: OnEvent,
): Promise<GivenFiles> {
  const { manifest, endpoint, provider, publicKeys, signer } = options;
  if (manifest !== null) onEvent({ kind: "reading-file", path: manifest.path });
  const named = manifest && (await openNamed(manifest, { scopes, earlier: earlier?.keyManifest }));
  const before = earlier?.baseline;
  const isOver = before !== undefined && (before.dropped !== null || before.leftOut !== undefined);
  const wanted = isOver ? null : options.baseline;
  if (wanted !== null) onEvent({ kind: "reading-file", path: wanted.path });
  const signs = signer !== null;
  const auditing = { scopes, endpoint, provider: provider.id, publicKeys, signs, earlier: before };
  const baseline = wanted && (await openBaseline(wanted, auditing).catch(closing(named)));
  if (baseline?.record.leftOut !== undefined) onEvent({ kind: "baseline-left-out" });
  return {
    baseline: baseline?.record.leftOut === undefined ? baseline : null,
    named,
    record: { ...ofBaseline(baseline, earlier), ...(named && { keyManifest: named.record }) },
    close: async () => {
      await named?.objects.close();
      await baseline?.entries.close();
    },
  };
}

function closing(named: Named | null) {
  return async (error: unknown): Promise<never> => {
    await named?.objects.close();
    throw error;
  };
}

/** A resumed run keeps what it went by, dropped or not. */
function ofBaseline(baseline: Baseline | null, earlier: RunRecord | null): Pick<RunRecord, "baseline"> {
  const record = baseline?.record ?? earlier?.baseline;
  return record === undefined ? {} : { baseline: record };
}
