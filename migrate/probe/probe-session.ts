import { randomUUID } from "node:crypto";
import type { ProviderProfile } from "../../providers/index.js";
import type { ObjectStore, RequestHeaders, UploadInput } from "../store/object-store.js";
import { interceptCalls } from "../store/operations.js";
import { StoreError } from "../store/store-error.js";
import { type Answer, notObservable, type Topic } from "./answer.js";
import { cleanUp, type Leftover, type Place, tracedStore } from "./clean-up.js";
import { isCutOff, tryCall } from "./try-call.js";

/** A test object. */
export interface Sample {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
  /** Without quotes, from the answer to PUT. */
  readonly etag: string;
}

/** Thrown by every call after the caller has requested a stop. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
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
 * The shared state of the experiments of one probe: their key prefix in the bucket, and the findings so far.
 */
export interface ProbeSession {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** Prefix of all keys that are written. */
  readonly folder: string;
  readonly provider: ProviderProfile;
  readonly found: Map<Topic, Answer>;
  /** Determined once, on the first call. */
  copyStyle(): Promise<CopyStyle>;
  /** Puts a new object for one experiment. */
  put(name: string, headers?: RequestHeaders): Promise<Sample>;
  /** Deletes everything that was written, even after a stop. Returns the entries that remain. */
  cleanUp(listing: Place["listing"]): Promise<readonly Leftover[]>;
  /** The last error after which no call could succeed any longer. */
  cutOffBy(): StoreError | null;
}

export function openSession(options: SessionOptions): ProbeSession {
  const { store, bucket, prefix, provider, signal } = options;
  const folder = `${prefix}.bucketseal-probe-${randomUUID()}/`;
  const traces = { keys: new Set<string>(), uploads: new Map<string, string>() };
  let cutOffBy: StoreError | null = null;
  let wasAccepted = false;
  const watched = interceptCalls(stoppable(store, signal), async (_operation, call) => {
    try {
      const answer = await call();
      wasAccepted = true;
      return answer;
    } catch (error) {
      if (error instanceof StoreError && isCutOff(error, wasAccepted)) cutOffBy = error;
      throw error;
    }
  });
  const traced = tracedStore(watched, traces, options.onUpload);
  const put = testObjectWriter(traced, bucket, folder);
  let copyStyle: Promise<CopyStyle> | undefined;
  return {
    store: traced,
    bucket,
    folder,
    provider,
    found: new Map(),
    put,
    cutOffBy: () => cutOffBy,
    copyStyle: () => {
      copyStyle ??= findCopyStyle({ store: traced, put });
      return copyStyle;
    },
    cleanUp: async (listing) => {
      const leftovers = await cleanUp(store, { bucket, prefix: folder, listing }, traces);
      if (leftovers.length === 0) for (const trace of [traces.keys, traces.uploads]) trace.clear();
      return leftovers;
    },
  };
}

function stoppable(store: ObjectStore, signal: AbortSignal | undefined): ObjectStore {
  return interceptCalls(store, (_operation, call) => (signal?.aborted ? Promise.reject(new Interrupted()) : call()));
}

/** Numbers its objects, so that no two are the same. */
function testObjectWriter(store: ObjectStore, bucket: string, folder: string): ProbeSession["put"] {
  let count = 0;
  return async (name, headers = {}) => {
    count += 1;
    const key = `${folder}${count}-${name}`;
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
async function findCopyStyle({ store, put }: Pick<ProbeSession, "store" | "put">): Promise<CopyStyle> {
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
      const style = await session.copyStyle();
      return [style.kind === "refused" ? notObservable(topic, "copy-refused") : await run(session, style)];
    },
  };
}
