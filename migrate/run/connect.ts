import type { ProviderProfile } from "../../providers/index.js";
import { leanStore } from "../store/lean/lean-store.js";
import type { ObjectStore } from "../store/object-store.js";
import { rateLimitedStore } from "../store/rate-limited-store.js";
import { readOnlyStore } from "../store/read-only-store.js";
import { retryingStore } from "../store/retrying-store.js";
import { type Credentials, openClient } from "../store/sdk/open-client.js";
import { sdkStore } from "../store/sdk/sdk-store.js";
import type { OnEvent } from "./progress-event.js";

const MAX_ATTEMPTS = 10;
/** The first call meets a wrong endpoint or host name, which no patience mends. */
const MAX_ATTEMPTS_AT_FIRST = 2;
/** A canary that fails for good should say so within seconds. */
const MAX_ATTEMPTS_OF_CANARY = 6;

export interface ConnectOptions {
  readonly provider: ProviderProfile;
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly credentials: Credentials | null;
  readonly profile: string | null;
  readonly concurrency: number;
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  readonly readOnly: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
}

export interface Connection {
  readonly store: ObjectStore;
  /** The same store, with less patience: for the first look at a bucket. */
  readonly firstContact: ObjectStore;
  /** The same store, for throw-away objects. */
  readonly canaryStore: ObjectStore;
  /** Who acts, as far as can be told without a secret; `null` where there are no credentials. */
  readonly accessKeyId: () => Promise<string | null>;
  close(): void;
}

/** The store of a run: the SDK and the two lean calls, within the rate limits, tried again, and read-only if asked. */
export function connect(options: ConnectOptions): Connection {
  const maxSockets = options.concurrency;
  const checksums = options.provider.checksums.value;
  const { credentials, profile } = options;
  const client = openClient({
    ...options,
    checksums,
    maxSockets,
    credentials: credentials ?? undefined,
    profile: profile ?? undefined,
  });
  const resolveCredentials = () => client.config.credentials();
  const lean = leanStore(sdkStore(client), { ...options, maxSockets, credentials: resolveCredentials });
  const limited = rateLimitedStore(lean, options, options.signal);
  const access = options.readOnly ? readOnlyStore(limited) : limited;
  const retrying = (maxAttempts: number) =>
    retryingStore(access, {
      maxAttempts,
      signal: options.signal,
      onRetry: (operation, error) => options.onEvent({ kind: "retry", operation, code: error.facts.code }),
    });
  return {
    store: retrying(MAX_ATTEMPTS),
    firstContact: retrying(MAX_ATTEMPTS_AT_FIRST),
    canaryStore: retrying(MAX_ATTEMPTS_OF_CANARY),
    accessKeyId: () =>
      resolveCredentials().then(
        ({ accessKeyId }) => accessKeyId,
        () => null,
      ),
    close: () => client.destroy(),
  };
}
