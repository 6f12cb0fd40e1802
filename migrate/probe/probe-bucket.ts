import type { ProviderProfile } from "../../providers/index.js";
import { type Capabilities, documentedCapabilities } from "../model/capabilities.js";
import type { ObjectStore, UploadInput } from "../store/object-store.js";
import { allEnded } from "../store/operations.js";
import { StoreError } from "../store/store-error.js";
import { type Answer, failed, type NotObservable, notObservable, TOPICS, type Topic } from "./answer.js";
import { isCutOff } from "./calls.js";
import type { Leftover } from "./clean-up.js";
import { AFTER_COPY, findingsBeforeWays } from "./experiments/after-copy.js";
import { listingEncoding, SETTINGS } from "./experiments/bucket.js";
import { CONDITIONS } from "./experiments/conditions.js";
import { COPIES } from "./experiments/copies.js";
import { LOCKS, readLocksOfNothing } from "./experiments/locks.js";
import { PART_COPIES } from "./experiments/part-copies.js";
import { PUTS } from "./experiments/puts.js";
import { TAGS_AND_ACL } from "./experiments/tags-and-acl.js";
import { type MayWrite, mayWrite, missingRightsOf, type Obstacle, tryWriting, whyUnlistable } from "./may-write.js";
import { type Experiment, type OpenedSession, openSession, Stopped } from "./probe-session.js";
import { probedCapabilities } from "./probed-capabilities.js";

interface ProbePlace {
  readonly bucket: string;
  /** Prefix of the keys of all test objects. */
  readonly prefix: string;
  readonly provider: ProviderProfile;
}

interface ProbeTools {
  readonly store: ObjectStore;
  /** Stops before the next call. The clean-up still runs. */
  readonly signal: AbortSignal | undefined;
  /** Awaited once, before the first object is written. Receives the key prefix of all test objects. */
  readonly onWriting: (folder: string) => void | Promise<void>;
  /** Awaited after each upload is created and before anything is sent to it. */
  readonly onUpload?: (upload: UploadInput) => void | Promise<void>;
  /** Called before the last experiments, which show what each way of copying keeps, with the findings so far. */
  readonly onFindings?: (soFar: Probed) => void;
}

/** The result of probing one bucket. */
export interface Probed {
  /** Key prefix of the test objects. */
  readonly folder: string;
  /** ISO 8601. */
  readonly probedAt: string;
  readonly end: "completed" | "interrupted";
  /** Why the writing experiments were skipped; `null` if they were not. */
  readonly obstacle: Obstacle | null;
  readonly findings: readonly Answer[];
  /** IAM actions that the rejected calls needed. One or more of them are missing. */
  readonly missingRights: readonly string[];
  /** Test objects and uploads that could not be removed. */
  readonly leftovers: readonly Leftover[];
  /** The capabilities for plans: as found, or as documented if there is no finding. */
  readonly capabilities: Capabilities;
  /** The error after which no call could succeed any longer; `null` if there was none. */
  readonly cutOffBy: StoreError | null;
}

/** A probe whose findings are known, and whose clean-up has begun. */
export interface FoundByProbe {
  /** Without leftovers. */
  readonly found: Probed;
  /** The same with its leftovers, once the clean-up has ended. */
  readonly ended: Promise<Probed>;
}

/** Runs every experiment that the bucket allows, and always deletes the test objects. */
export async function probeBucket(place: ProbePlace, tools: ProbeTools): Promise<Probed> {
  return (await findByProbe(place, tools)).ended;
}

/** The same, but resolves before the test objects are deleted. */
export async function findByProbe({ bucket, prefix, provider }: ProbePlace, tools: ProbeTools): Promise<FoundByProbe> {
  const { store, signal, onUpload } = tools;
  const session = openSession({ bucket, prefix, provider, store, signal, onUpload });
  const [unlistable] = await Promise.all([whyUnlistable(session), runExperiments(READING, session)]);
  const { obstacle, cleanedUp } = await write(mayWrite(session, unlistable), session, tools);
  const resultWith = (leftovers: readonly Leftover[]) => resultOf(session, { signal, obstacle, leftovers });
  return { found: resultWith([]), ended: cleanedUp.then(resultWith) };
}

function resultOf(
  session: OpenedSession,
  { signal, ...written }: Pick<Probed, "obstacle" | "leftovers"> & Pick<ProbeTools, "signal">,
): Probed {
  const findings = TOPICS.map((topic) => session.found.get(topic)).filter((answer) => answer !== undefined);
  return {
    folder: session.folder,
    probedAt: new Date().toISOString(),
    end: signal?.aborted ? "interrupted" : "completed",
    ...written,
    findings,
    missingRights: missingRightsOf(findings, written.obstacle, written.leftovers),
    capabilities: probedCapabilities(findings, documentedCapabilities(session.provider)),
    cutOffBy: session.cutOffBy(),
  };
}

interface Written {
  readonly obstacle: Obstacle | null;
  readonly cleanedUp: Promise<readonly Leftover[]>;
}

async function write(may: MayWrite, session: OpenedSession, tools: ProbeTools): Promise<Written> {
  if (may.kind === "may-not") return { obstacle: leaveOut(session, may.obstacle), cleanedUp: Promise.resolve([]) };
  await tools.onWriting(session.folder);
  try {
    const obstacle = await tryWriting(session, may.listing);
    if (obstacle === null) await allEnded([runExperiments(WRITING, session), tellFindings(session, tools)]);
    else leaveOut(session, obstacle);
    return { obstacle, cleanedUp: session.cleanUp(may.listing) };
  } catch (bug) {
    await session.cleanUp(may.listing);
    throw bug;
  }
}

/** Tells nothing if the experiments are stopped before. */
async function tellFindings(session: OpenedSession, { signal, onFindings }: ProbeTools): Promise<void> {
  try {
    await findingsBeforeWays(session);
    onFindings?.(resultOf(session, { signal, obstacle: null, leftovers: [] }));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
}

/** Findings from reading stay. */
function leaveOut(session: OpenedSession, obstacle: Obstacle): Obstacle {
  for (const { topics } of WRITING) {
    note(
      session,
      unreached(
        topics.filter((topic) => !session.found.has(topic)),
        obstacle.because,
      ),
    );
  }
  return obstacle;
}

/** Runs experiments side by side and records their findings. An error is a finding too. */
async function runExperiments(experiments: readonly Experiment[], session: OpenedSession): Promise<void> {
  const begun = experiments.map((experiment) => {
    // Each one starts when all of them are known, so that it finds what it waits for.
    const ended = Promise.resolve().then(() => runOne(experiment, session));
    for (const topic of experiment.topics) session.begun.set(topic, ended);
    return ended;
  });
  const bug = (await Promise.allSettled(begun)).find(({ status }) => status === "rejected");
  if (bug?.status === "rejected") throw bug.reason;
}

async function runOne({ topics, run }: Experiment, session: OpenedSession): Promise<void> {
  try {
    note(session, await run(session));
  } catch (error) {
    note(session, afterError(topics, error, session));
  }
}

/** Only the experiment that met an error which ends all calls has failed. The others were kept from their answers. */
function afterError(topics: readonly Topic[], error: unknown, { cutOffBy }: OpenedSession): Answer[] {
  if (error instanceof Stopped) return unreached(topics, error.because);
  if (!(error instanceof StoreError)) throw error;
  const isCutOffToo = cutOffBy() !== error && isCutOff(error, true);
  return isCutOffToo ? unreached(topics, "out-of-reach") : topics.map((topic) => failed(topic, error));
}

/** The same finding for all topics, if none of them can be tested. */
function unreached(topics: readonly Topic[], because: NotObservable): Answer[] {
  return topics.map((topic) => notObservable(topic, because));
}

function note({ found }: OpenedSession, findings: readonly Answer[]): void {
  for (const answer of findings) found.set(answer.topic, answer);
}

/** Experiments that need no object. */
const READING: readonly Experiment[] = [...SETTINGS, ...readLocksOfNothing];

/** Experiments that need test objects. An experiment may wait for a finding of another one, but no two for each other. */
const WRITING: readonly Experiment[] = [
  listingEncoding,
  ...COPIES,
  ...PUTS,
  ...PART_COPIES,
  ...TAGS_AND_ACL,
  ...CONDITIONS,
  ...AFTER_COPY,
  ...LOCKS,
];
