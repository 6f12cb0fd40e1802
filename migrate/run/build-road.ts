import pLimit from "p-limit";
import type { OnEvent } from "../journal/events.js";
import type { InFlight } from "../journal/in-flight.js";
import type { JournalWriter } from "../journal/journal-writer.js";
import type { RunFile } from "../journal/run-folder.js";
import type { Scope } from "../model/scope.js";
import type { Road } from "../object/context.js";
import { createRemovalGuard } from "../versions/removal-guard.js";
import { bucketCapabilities } from "./bucket-capabilities.js";
import { Canaries } from "./canaries.js";
import type { Connection } from "./connect.js";
import { ownerOfWrites } from "./owner-of-writes.js";
import { seenWays } from "./seen-ways.js";
import type { Session } from "./session.js";
import type { ThrowAways } from "./throw-aways.js";
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

export interface BuiltRoad {
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
