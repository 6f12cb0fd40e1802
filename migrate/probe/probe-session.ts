import { randomUUID } from "node:crypto";
import pLimit from "p-limit";
import type { ProviderProfile } from "../../providers/index.js";
import type { ObjectStore, RequestHeaders, UploadInput } from "../store/object-store.js";
import { interceptCalls } from "../store/operations.js";
import { StoreError } from "../store/store-error.js";
import { type Answer, hasNoVersions, notObservable, type Topic } from "./answer.js";
import { isCutOff, MOST_IN_FLIGHT, noTraces, tracedStore, tryCall } from "./calls.js";
import { cleanUp, type Leftover, type Place } from "./clean-up.js";

/** A test object. */
export interface Sample {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
  /** Without quotes, from the answer to PUT. */
  readonly etag: string;
}

/** Thrown by every call, and instead of every finding, once the probe has stopped. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly because: "interrupted" | "out-of-reach";

  constructor(because: Stopped["because"]) {
    super(because);
    this.because = because;
  }
}

interface SessionOptions {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly prefix: string;
  readonly provider: ProviderProfile;
  readonly signal: AbortSignal | undefined;
  /** Awaited after an upload is created and before anything is sent to it. */
  readonly onUpload?: ((upload: UploadInput) => void | Promise<void>) | undefined;
}

/**
 * The shared state of the experiments of one probe, which run side by side: each one puts test objects of its own, and waits
 * for the findings that it uses.
 */
export interface ProbeSession {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** Prefix of all keys that are written. */
  readonly folder: string;
  readonly provider: ProviderProfile;
  /** The findings of another experiment, once it has ended; `undefined` if no experiment of the topic was begun. */
  finding(topic: Topic): Promise<Answer | undefined>;
  /** Findings that several experiments use, made once by the first one that needs them. */
  shared<T>(find: (session: ProbeSession) => Promise<T>): Promise<T>;
  /** Puts a new object for one experiment. A name may contain a key prefix, such as "listed/". */
  put(name: string, headers?: RequestHeaders): Promise<Sample>;
}

/** The session for the caller that runs its experiments. */
export interface OpenedSession extends ProbeSession {
  readonly found: Map<Topic, Answer>;
  /** The experiments that were begun, by each topic. Each promise resolves once its findings are in `found`. */
  readonly begun: Map<Topic, Promise<void>>;
  /** Deletes everything that was written, even after a stop. Returns the entries that remain. */
  cleanUp(listing: Place["listing"]): Promise<readonly Leftover[]>;
  /** The first error after which no call could succeed any longer. */
  cutOffBy(): StoreError | null;
}

export function openSession(options: SessionOptions): OpenedSession {
  const { store, bucket, prefix, provider, signal } = options;
  const folder = `${prefix}.bucketseal-probe-${randomUUID()}/`;
  const traces = noTraces();
  const found = new Map<Topic, Answer>();
  const begun = new Map<Topic, Promise<void>>();
  const { reached, refuseIfStopped, cutOffBy } = stoppable(store, signal);
  const traced = tracedStore(reached, traces, options.onUpload);
  const put = testObjectWriter(traced, bucket, folder);
  const sharing = new Map<unknown, Promise<unknown>>();
  const session: OpenedSession = {
    store: traced,
    bucket,
    folder,
    provider,
    found,
    begun,
    finding: async (topic) => {
      await begun.get(topic);
      refuseIfStopped();
      return found.get(topic);
    },
    put,
    cutOffBy,
    shared: <T>(find: (of: ProbeSession) => Promise<T>) => {
      const known = sharing.get(find) ?? find(session);
      sharing.set(find, known);
      return known as Promise<T>;
    },
    cleanUp: async (listing) => {
      const keepsVersions = !hasNoVersions(found);
      const leftovers = await cleanUp(store, { bucket, prefix: folder, listing, keepsVersions }, traces);
      if (leftovers.length === 0) for (const trace of Object.values(traces)) trace.clear();
      return leftovers;
    },
  };
  return session;
}

/** Bounds the calls in flight, and refuses each further one once a stop was requested or no call can succeed any longer. */
function stoppable(store: ObjectStore, signal: AbortSignal | undefined) {
  const limit = pLimit(MOST_IN_FLIGHT);
  let cutOffBy: StoreError | null = null;
  let wasAccepted = false;
  const refuseIfStopped = () => {
    if (signal?.aborted) throw new Stopped("interrupted");
    if (cutOffBy !== null) throw new Stopped("out-of-reach");
  };
  const reached = interceptCalls(store, (_operation, call) =>
    limit(async () => {
      refuseIfStopped();
      try {
        const answer = await call();
        wasAccepted = true;
        return answer;
      } catch (error) {
        if (error instanceof StoreError && isCutOff(error, wasAccepted)) cutOffBy ??= error;
        throw error;
      }
    }),
  );
  return { reached, refuseIfStopped, cutOffBy: () => cutOffBy };
}

/** Numbers its objects, so that no two are the same. */
function testObjectWriter(store: ObjectStore, bucket: string, folder: string): ProbeSession["put"] {
  let count = 0;
  return async (name, headers = {}) => {
    count += 1;
    const start = name.lastIndexOf("/") + 1;
    const key = `${folder}${name.slice(0, start)}${count}-${name.slice(start)}`;
    const body = Buffer.from(`a test object of bucketseal probe: ${key}`);
    const { etag } = await store.putObject({ bucket, key, body, headers });
    return { bucket, key, body, etag };
  };
}

export const SSE_HEADER: RequestHeaders = { "x-amz-server-side-encryption": "AES256" };
export const KEEPING: RequestHeaders = { ...SSE_HEADER, "x-amz-metadata-directive": "COPY" };
export const REPLACING: RequestHeaders = {
  ...SSE_HEADER,
  "x-amz-metadata-directive": "REPLACE",
  "content-type": "application/octet-stream",
  "x-amz-meta-bucketseal": "probe",
};

/** The way in which objects of this bucket can be copied onto themselves, regardless of encryption. */
type CopyStyle =
  | { readonly kind: "keeping" | "replacing"; readonly headers: RequestHeaders }
  | { readonly kind: "refused"; readonly error: StoreError };

/** Uses separate objects, so that the effect of one copy is not mistaken for that of another. */
export async function copyStyle({ store, put }: ProbeSession): Promise<CopyStyle> {
  const kept = await tryCall(store.copyObject({ ...(await put("copy")), headers: KEEPING }));
  if (kept.kind === "accepted") return { kind: "keeping", headers: KEEPING };
  const replaced = await tryCall(store.copyObject({ ...(await put("copy")), headers: REPLACING }));
  if (replaced.kind === "accepted") return { kind: "replacing", headers: REPLACING };
  return { kind: "refused", error: kept.error };
}

/**
 * One question, or several that the same calls answer. If it throws a `StoreError`, all of them are `failed`.
 */
export interface Experiment {
  readonly topics: readonly Topic[];
  run(session: ProbeSession): Promise<readonly Answer[]>;
}

type AcceptedCopy = Exclude<CopyStyle, { kind: "refused" }>;

/** An experiment that needs a working copy. Without one, nothing is observable. */
export function copyExperiment(
  topic: Topic,
  run: (session: ProbeSession, copy: AcceptedCopy) => Promise<Answer>,
): Experiment {
  return {
    topics: [topic],
    run: async (session) => {
      const style = await session.shared(copyStyle);
      return [style.kind === "refused" ? notObservable(topic, "copy-refused") : await run(session, style)];
    },
  };
}
