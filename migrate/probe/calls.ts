import type { WriteResult } from "../store/answers.js";
import type { ObjectStore, UploadInput } from "../store/object-store.js";
import { StoreError, type StoreErrorKind } from "../store/store-error.js";

/** Calls side by side, of the experiments and then of the clean-up. */
export const MOST_IN_FLIGHT = 32;

export type CallResult<T> =
  | { readonly kind: "accepted"; readonly value: T }
  | { readonly kind: "refused"; readonly error: StoreError };

/** Errors that reveal a capability of the store. All others reveal nothing about it. */
const ANSWERS: ReadonlySet<StoreErrorKind> = new Set([
  "precondition-failed",
  "out-of-range",
  "not-implemented",
  "bad-request",
  "not-found",
  "too-large",
  "illegal-self-copy",
]);

/**
 * Makes a call whose rejection is a result too. Errors about permissions, networks and outages are not
 * results, and are thrown.
 */
export async function tryCall<T>(call: Promise<T>): Promise<CallResult<T>> {
  try {
    return { kind: "accepted", value: await call };
  } catch (error) {
    if (error instanceof StoreError && isAnswer(error)) return { kind: "refused", error };
    throw error;
  }
}

function isAnswer({ kind, facts }: StoreError): boolean {
  return ANSWERS.has(kind) || (kind === "other" && facts.status !== null && facts.status >= 300);
}

/** The next call would fail in the same way. */
const ENDS_THE_PROBE: ReadonlySet<StoreErrorKind> = new Set([
  "no-credentials",
  "invalid-credentials",
  "expired-credentials",
  "clock-skew",
  "wrong-region",
  "no-such-bucket",
  "unreachable",
  "tls",
  "wrong-scheme",
  "proxy",
]);

/**
 * If a signature is rejected after others were accepted, only this request is affected: the store reads one
 * of its headers differently.
 */
export function isCutOff({ kind, facts }: StoreError, wasAccepted: boolean): boolean {
  return ENDS_THE_PROBE.has(kind) && !(wasAccepted && facts.code === "SignatureDoesNotMatch");
}

/** The writes of a probe, as far as it knows. */
export interface Traces {
  /** The keys of writes that got no answer, or one without a version ID. */
  readonly keys: Set<string>;
  readonly versions: Set<{ readonly key: string; readonly versionId: string }>;
  /** Keys by upload ID. */
  readonly uploads: Map<string, string>;
}

export function noTraces(): Traces {
  return { keys: new Set(), versions: new Set(), uploads: new Map() };
}

/**
 * Records every object and upload before it is created, and every upload ID afterwards. `onUpload` is awaited
 * before anything is sent to an upload.
 */
export function tracedStore(
  store: ObjectStore,
  traces: Traces,
  onUpload: (upload: UploadInput) => void | Promise<void> = () => undefined,
): ObjectStore {
  const { uploads } = traces;
  return {
    ...store,
    putObject: traced(store.putObject, traces),
    copyObject: traced(store.copyObject, traces),
    createMultipartUpload: async (input) => {
      const begun = await store.createMultipartUpload(input);
      uploads.set(begun.uploadId, input.key);
      await onUpload({ bucket: input.bucket, key: input.key, uploadId: begun.uploadId });
      return begun;
    },
    completeMultipartUpload: traced(async (input) => {
      const written = await store.completeMultipartUpload(input);
      uploads.delete(input.uploadId);
      return written;
    }, traces),
  };
}

function traced<Input extends { readonly key: string }, Output extends Pick<WriteResult, "versionId">>(
  call: (input: Input) => Promise<Output>,
  { keys, versions }: Traces,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const isNew = !keys.has(input.key);
    keys.add(input.key);
    try {
      const written = await call(input);
      if (written.versionId !== null) {
        versions.add({ key: input.key, versionId: written.versionId });
        if (isNew) keys.delete(input.key);
      }
      return written;
    } catch (error) {
      if (isNew && wroteNothing(error)) keys.delete(input.key);
      throw error;
    }
  };
}

/** Whether the store rejected the call, or never received it. */
function wroteNothing(error: unknown): boolean {
  const status = error instanceof StoreError ? error.facts.status : 0;
  return status !== null && status < 500;
}
