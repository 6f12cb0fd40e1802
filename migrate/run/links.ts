import type { ProviderProfile } from "../../providers/index.js";
import { endpointInRegion } from "../../providers/index.js";
import type { OnEvent } from "../journal/events.js";
import { type LeanStore, leanStore } from "../store/lean/lean-store.js";
import type { ObjectStore, RequestHeaders } from "../store/object-store.js";
import { regionalStore } from "../store/regional-store.js";
import { clientClock, renewCredentials } from "../store/sdk/credential-chain.js";
import { type Credentials, openClient } from "../store/sdk/open-client.js";
import { sdkStore } from "../store/sdk/sdk-store.js";
import type { ServerClock } from "../store/store-error.js";
import type { Network } from "../store/transport/agents.js";

/** The clients for one region. */
interface Link {
  readonly store: LeanStore;
  readonly clock: ServerClock;
  readonly accessKeyId: () => Promise<string | null>;
  readonly renew: () => Promise<void>;
  close(): void;
}

/** The clients of a run: for the region that it was given, and for each other one in which its buckets turn out to be. */
export interface Links {
  readonly store: ObjectStore;
  readonly home: Link;
  /** Resolves the credentials of all of them anew. */
  readonly renew: () => Promise<void>;
  /** Sends whatever is for this bucket to that region from now on. False if the provider has no endpoint there that is known beforehand. */
  place(bucket: string, region: string): boolean;
  close(): void;
}

export function openLinks(options: ConnectOptions): Links {
  const home = openLink(options);
  const byRegion = new Map<string, Link>();
  const placed = new Map<string, Link>();
  const every = () => [home, ...byRegion.values()];
  return {
    store: regionalStore(home.store, (bucket) => placed.get(bucket)?.store),
    home,
    renew: async () => {
      await Promise.all(every().map(({ renew }) => renew()));
    },
    place: (bucket, region) => {
      if (options.provider.id !== "aws") return false;
      const endpoint = endpointInRegion(options.endpoint, region);
      if (endpoint === null) return false;
      const link = byRegion.get(region) ?? openLink({ ...options, endpoint, region });
      byRegion.set(region, link);
      placed.set(bucket, link);
      return true;
    },
    close: () => {
      for (const { close } of every()) close();
    },
  };
}

function openLink(options: ConnectOptions): Link {
  const maxSockets = options.concurrency;
  const { credentials, profile } = options;
  const client = openClient({
    ...options,
    checksums: options.provider.checksums.value,
    maxSockets,
    credentials: credentials ?? undefined,
    profile: profile ?? undefined,
  });
  const resolveCredentials = () => client.config.credentials();
  const clock = clientClock(client);
  const store = leanStore(sdkStore(client), { ...options, maxSockets, credentials: resolveCredentials, clock });
  return {
    store,
    clock,
    accessKeyId: () =>
      resolveCredentials().then(
        ({ accessKeyId }) => accessKeyId,
        () => null,
      ),
    renew: renewCredentials(client),
    close: () => {
      store.close();
      client.destroy();
    },
  };
}

export interface ConnectOptions {
  readonly provider: ProviderProfile;
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly credentials: Credentials | null;
  readonly profile: string | null;
  readonly network?: Network;
  /** Sent with every request. */
  readonly accountHeaders: RequestHeaders;
  readonly concurrency: number;
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  readonly readOnly: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
}
