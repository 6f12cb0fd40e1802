import { type Baseline, openBaseline } from "../compare/baseline.js";
import { type Named, openNamed } from "../compare/key-manifest.js";
import { openKnown, type SortedFacts } from "../compare/known.js";
import { openWalk } from "../compare/named-walk.js";
import { disablesAcls } from "../journal/bucket-record.js";
import type { OnEvent } from "../journal/events.js";
import type { InFlight } from "../journal/in-flight.js";
import type { JournalWriter } from "../journal/journal-writer.js";
import type { RunFile } from "../journal/run-folder.js";
import type { RunRecord } from "../journal/run-record.js";
import type { ListingTools } from "../list/list-objects.js";
import { objectFilter } from "../list/object-filter.js";
import { MOST_RANGES } from "../list/side-by-side.js";
import type { Capabilities } from "../model/capabilities.js";
import type { Scope } from "../model/scope.js";
import type { KnownObjects, RunContext } from "../object/context.js";
import { EarlyAcls } from "../object/early-acl.js";
import { createTransferLimits, type Room } from "../object/room.js";
import type { Probed } from "../probe/probe-bucket.js";
import type { ObjectStore } from "../store/object-store.js";
import { interceptCalls, type Operation } from "../store/operations.js";
import { createRemovalGuard, openRemovals, type RemovalsOfRun } from "../versions/removal-guard.js";
import { bucketCapabilities, ownerOfWrites } from "./bucket-capabilities.js";
import { Canaries, type SeenWays, seenWays } from "./canaries.js";
import type { ThrowAways } from "./clean-up.js";
import type { Connection } from "./connect.js";
import { type KeyCheck, openKeyCheck } from "./kms-key.js";
import type { Session } from "./session.js";

/** Each is in the memory of its worker, and one waits for a worker. */
const MOST_RANGES_OF_QUEUE = 513;

/** The calls that change an object or remove a version once they are answered. */
const TOUCHING: Readonly<Partial<Record<Operation, string>>> = {
  copyObject: "copied",
  completeMultipartUpload: "copied in parts",
  putObject: "put again",
  updateObjectEncryption: "updated in place",
  putObjectTagging: "tagged again",
  putObjectRetention: "locked again",
  putObjectLegalHold: "held again",
  deleteObject: "of their versions removed",
  addDeleteMarker: "delete markers put",
};

export interface Touched {
  /** The same store, but it counts writes as they are sent: the object was touched whatever the result. */
  readonly watch: (store: ObjectStore) => ObjectStore;
  /** Takes the counts so far away, for another process to add. */
  readonly take: () => Readonly<Record<string, number>>;
  readonly add: (counts: Readonly<Record<string, number>>) => void;
  /** The changes to real objects so far, in words. */
  readonly words: () => string;
}

/** Counts the changes of a session to real objects. `isResumed`: earlier sessions may have made more. */
export function countTouched(isResumed: boolean): Touched {
  const counts = new Map<string, number>();
  const add: Touched["add"] = (more) => {
    for (const [what, count] of Object.entries(more)) counts.set(what, (counts.get(what) ?? 0) + count);
  };
  const take = () => {
    const taken = Object.fromEntries(counts);
    counts.clear();
    return taken;
  };
  const watch = (store: ObjectStore) =>
    interceptCalls(
      store,
      (operation, call) => {
        const done = TOUCHING[operation] ?? operation;
        counts.set(done, (counts.get(done) ?? 0) + 1);
        return call();
      },
      (operation) => TOUCHING[operation] !== undefined,
    );
  const words = () => {
    const done = [...counts].map(([what, count]) => `${count} ${what}`);
    if (done.length > 0) return `other objects had already been changed (${done.join(", ")}); the journal lists them`;
    return isResumed
      ? "this session changed no other object; the journal lists what earlier sessions changed"
      : "no other object was changed";
  };
  return { watch, take, add, words };
}

interface Tools {
  readonly journal: JournalWriter;
  readonly inFlight: InFlight;
  readonly runFile: RunFile;
  readonly throwAways: ThrowAways;
  readonly files: Pick<GivenFiles, "named" | "baseline">;
  /** Called for each entry that a listing repeats. */
  readonly onRepeated: ListingTools["onRepeated"];
  /** Called once something new is known of the ways of copying in a bucket. */
  readonly onWays: () => void;
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal | undefined;
  readonly now: () => Date;
}

export interface BuiltContext {
  readonly context: RunContext;
  readonly canaries: Canaries;
  readonly touched: Pick<Touched, "words" | "add">;
  readonly keyCheck: KeyCheck | null;
  readonly removals: RemovalsOfRun;
}

/** Builds the context in which a session processes every object. */
export function buildContext(session: Session, connection: Connection, run: RunRecord, tools: Tools): BuiltContext {
  const { store, canaryStore: testStore } = connection;
  const { journal, inFlight, runFile, throwAways, files, onRepeated, onEvent, signal, now } = tools;
  const { policy, keys, noncurrent, versions, canary, filters, capabilities: known } = session.options;
  const onPlannable: WaysTools["onPlannable"] = (...found) => canaries.ahead(...found);
  const { ways, keyCheck } = openWays(session, run.scopes, testStore, { ...tools, onPlannable });
  const [touched, removals] = [countTouched(session.earlier !== null), openRemovals()];
  const bucketOf = (bucket: string) => runFile.current().buckets.find((found) => found.bucket === bucket);
  const beforeCanary: Canaries["before"] = (...way) => canaries.before(...way);
  const context: RunContext = {
    mode: modeOf(session),
    policy,
    noncurrent,
    versions,
    keys,
    ...boundsOf(connection.openRoom(), session.options),
    store: touched.watch(store),
    testStore,
    capabilities: known.values,
    capabilitiesOf: (...asked) => canaries.capabilitiesOf(...asked),
    settingsOf: bucketOf,
    beforeCopy: ownerOfWrites(canary ? beforeCanary : null, ways.capabilitiesOf, tools),
    stopWay: ways.stop,
    beforeTestObject: throwAways.begin,
    isTestObject: throwAways.has,
    walk: openWalk(store, files.named, { signal, onRepeated }),
    isInScope: objectFilter(filters),
    known: knownObjects(session.command, files, { scopes: run.scopes, store, signal, now, bucketOf }),
    journal,
    inFlight,
    removals: createRemovalGuard({ store, capabilities: known.values, keys }, removals.open()),
    onEvent,
    signal,
    runStartedAt: new Date(run.sessions[0]?.startedAt ?? now()),
    now,
  };
  const canaries = new Canaries(run.scopes, context, ways, tools);
  return { context, canaries, touched, keyCheck, removals };
}

function boundsOf(room: Room, { queue }: Session["options"]) {
  const mostRanges = queue === null ? MOST_RANGES : MOST_RANGES_OF_QUEUE;
  return { room, mostRanges, earlyAcls: new EarlyAcls(), ...createTransferLimits(room.most) };
}

/** Only an audit may use facts from a file: a copy needs a fresh look. */
export function knownObjects(
  command: Session["command"],
  files: SortedFacts,
  auditing: Parameters<typeof openKnown>[1],
): RunContext["known"] {
  return command === "audit" ? openKnown(files, auditing) : NOTHING_KNOWN;
}

export function modeOf({ command, options }: Pick<Session, "command" | "options">): RunContext["mode"] {
  if (command === "audit") return "audit";
  return options.dryRun ? "dry-run" : "migrate";
}

interface OpenedWays {
  readonly ways: SeenWays;
  /** `null` if the run encrypts under no KMS key, or puts no test object. */
  readonly keyCheck: KeyCheck | null;
}

interface WaysTools extends Tools {
  /** As soon as a probe has shown all but what each way keeps. `known`: for a plan of the canary, if it need not wait. */
  readonly onPlannable: (bucket: string, soFar: Capabilities, known: Promise<Capabilities> | null) => void;
}

/** Probes each bucket if the run writes and no other source describes the capabilities of its store. */
function openWays(session: Session, scopes: readonly Scope[], store: ObjectStore, tools: WaysTools): OpenedWays {
  const { options } = session;
  const { from, values } = options.capabilities;
  const probes = modeOf(session) === "migrate" && from === "documents" && !options.assumeDocumented;
  const putsTestObjects = modeOf(session) === "migrate" && (options.canary || !options.assumeDocumented);
  const { kmsKey } = options.policy.target;
  const keyCheck = putsTestObjects && kmsKey ? openKeyCheck(kmsKey, { ...tools, options, scopes, store }) : null;
  const waysBy = (known: RunContext["capabilitiesOf"]) => {
    const checked = keyCheck?.before(known) ?? (modeOf(session) === "migrate" ? withoutUpdates(known) : known);
    return seenWays(withoutDisabledAcls(checked, tools.runFile), tools);
  };
  const onPlannable = (bucket: string, { capabilities }: Probed) => {
    // The key check notes what the finished probe has shown.
    const known = keyCheck === null && options.canary ? waysBy(async () => capabilities).capabilitiesOf(bucket) : null;
    tools.onPlannable(bucket, capabilities, known);
  };
  const probing = { ...tools, options, scopes, store, onPlannable };
  return { ways: waysBy(probes ? bucketCapabilities(probing) : async () => values), keyCheck };
}

/** No object of a bucket that disables access control lists has one, whatever the store supports. */
function withoutDisabledAcls(known: RunContext["capabilitiesOf"], runFile: RunFile): RunContext["capabilitiesOf"] {
  const withoutAcls = keptChange({ objectAcl: false });
  return async (bucket) => {
    const capabilities = await known(bucket);
    const found = runFile.current().buckets.find((each) => each.bucket === bucket);
    return disablesAcls(found?.ownership) ? withoutAcls(capabilities) : capabilities;
  };
}

/** The same change of the same capabilities is the same object, so that nothing is planned twice. */
function keptChange(change: Partial<Capabilities>): (capabilities: Capabilities) => Capabilities {
  const kept = new WeakMap<Capabilities, Capabilities>();
  return (capabilities) => {
    const changed = kept.get(capabilities) ?? { ...capabilities, ...change };
    kept.set(capabilities, changed);
    return changed;
  };
}

/** Without a test object nothing shows that the store does not take UpdateObjectEncryption for a PutObject. */
function withoutUpdates(known: RunContext["capabilitiesOf"]): RunContext["capabilitiesOf"] {
  const without = keptChange({ updatesEncryption: false });
  return async (bucket) => without(await known(bucket));
}

/**
 * A migration asks the store about everything: each object that it copies or leaves needs a look of its own.
 */
export const NOTHING_KNOWN: KnownObjects = {
  after: () => ({
    object: () => Promise.resolve(undefined),
    version: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
};

/** The files that a run relies on in addition to the store's answers. */
export interface GivenFiles {
  /** The objects that an audit need not read again. */
  readonly baseline: Baseline | null;
  /** The objects to which the run is limited. */
  readonly named: Named | null;
  /** The description of these files in run.json. */
  readonly record: Pick<RunRecord, "baseline" | "keyManifest">;
  close(): Promise<void>;
}

/** Reads and sorts these files before anything is written. A resumed run uses the same ones. */
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

/** A resumed run keeps the baseline of the earlier one, discarded or not. */
function ofBaseline(baseline: Baseline | null, earlier: RunRecord | null): Pick<RunRecord, "baseline"> {
  const record = baseline?.record ?? earlier?.baseline;
  return record === undefined ? {} : { baseline: record };
}

/** The clock that dates the records. */
export function now(): Date {
  return new Date();
}
