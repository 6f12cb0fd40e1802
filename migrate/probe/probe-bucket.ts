import type { ProviderProfile } from "../../providers/index.js";
import { type Capabilities, documentedCapabilities } from "../model/capabilities.js";
import type { ObjectStore, UploadInput } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { type Answer, failed, type NotObservable, notObservable, TOPICS, type Topic } from "./answer.js";
import type { Leftover } from "./clean-up.js";
import { READING, WRITING } from "./experiments/experiments.js";
import { type MayWrite, mayWrite, missingRightsOf, type Obstacle, tryWriting } from "./may-write.js";
import { type Experiment, Interrupted, openSession, type ProbeSession } from "./probe-session.js";
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

/** Runs every experiment that the bucket allows, and always deletes the test objects. */
export async function probeBucket({ bucket, prefix, provider }: ProbePlace, tools: ProbeTools): Promise<Probed> {
  const { store, signal, onUpload } = tools;
  const session = openSession({ bucket, prefix, provider, store, signal, onUpload });
  await runExperiments(READING, session);
  const { obstacle, leftovers } = await write(await mayWrite(session), session, tools);
  const findings = TOPICS.map((topic) => session.found.get(topic)).filter((answer) => answer !== undefined);
  return {
    folder: session.folder,
    probedAt: new Date().toISOString(),
    end: tools.signal?.aborted ? "interrupted" : "completed",
    obstacle,
    findings,
    missingRights: missingRightsOf(findings, obstacle, leftovers),
    leftovers,
    capabilities: probedCapabilities(findings, documentedCapabilities(provider)),
    cutOffBy: session.cutOffBy(),
  };
}

type Written = Pick<Probed, "obstacle" | "leftovers">;

async function write(may: MayWrite, session: ProbeSession, { onWriting }: ProbeTools): Promise<Written> {
  if (may.kind === "may-not") return { obstacle: leaveOut(session, may.obstacle), leftovers: [] };
  await onWriting(session.folder);
  let obstacle: Obstacle | null = null;
  let leftovers: readonly Leftover[] = [];
  try {
    obstacle = await tryWriting(session, may.listing);
    if (obstacle === null) await runExperiments(WRITING, session);
    else leaveOut(session, obstacle);
  } finally {
    leftovers = await session.cleanUp(may.listing);
  }
  return { obstacle, leftovers };
}

/** Findings from reading stay. */
function leaveOut(session: ProbeSession, obstacle: Obstacle): Obstacle {
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

/** Runs experiments one after the other and records their findings. An error is a finding too. */
async function runExperiments(experiments: readonly Experiment[], session: ProbeSession): Promise<void> {
  let stopped: NotObservable | null = null;
  for (const { topics, run } of experiments) {
    if (stopped !== null) {
      note(session, unreached(topics, stopped));
      continue;
    }
    try {
      note(session, await run(session));
    } catch (error) {
      stopped = whyStop(error, session);
      note(
        session,
        error instanceof StoreError ? topics.map((topic) => failed(topic, error)) : unreached(topics, stopped),
      );
    }
  }
}

/** The same finding for all topics, if none of them can be tested. */
function unreached(topics: readonly Topic[], because: NotObservable | null): Answer[] {
  return topics.map((topic) => notObservable(topic, because ?? "interrupted"));
}

function note({ found }: ProbeSession, findings: readonly Answer[]): void {
  for (const answer of findings) found.set(answer.topic, answer);
}

function whyStop(error: unknown, { cutOffBy }: ProbeSession): NotObservable | null {
  if (error instanceof Interrupted) return "interrupted";
  if (!(error instanceof StoreError)) throw error;
  return cutOffBy() === error ? "out-of-reach" : null;
}
