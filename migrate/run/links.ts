import { endpointInRegion, type ProviderProfile } from "../../providers/index.js";
import { type LeanStore, leanStore } from "../store/lean/lean-store.js";
import type { ObjectStore, RequestHeaders } from "../store/object-store.js";
import { OPERATIONS, type Operation } from "../store/operations.js";
import { clientClock, renewCredentials } from "../store/sdk/credential-chain.js";
import { type Credentials, openClient, sdkStore } from "../store/sdk/open-client.js";
import type { ServerClock } from "../store/store-error.js";
import type { Network } from "../store/transport/agents.js";
import { RequestCounts } from "../store/transport/request.js";

export interface LinkOptions {
  readonly provider: ProviderProfile;
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
  readonly credentials: Credentials | null;
  readonly profile: string | null;
  readonly network?: Network;
  /** These headers are sent with every request. */
  readonly accountHeaders: RequestHeaders;
  /** The most objects in flight, and connections to one endpoint. */
  readonly concurrency: number;
}

/** The clients for one region. */
interface Link {
  readonly store: LeanStore;
  readonly clock: ServerClock;
  readonly accessKeyId: () => Promise<string | null>;
  readonly renew: () => Promise<void>;
  close(): void;
}

/** The clients of a run: for its own region and for each other region in which a bucket turns out to be. */
interface Links {
  readonly store: ObjectStore;
  readonly home: Link;
  /** Resolves the credentials of all clients again. */
  readonly renew: () => Promise<void>;
  /**
   * Sends all later calls for this bucket to that region. Returns false if the provider has no endpoint there
   * that is known beforehand.
   */
  place(bucket: string, region: string): boolean;
  /** The requests of all clients. */
  readonly counts: RequestCounts;
  close(): void;
}

export function openLinks(given: LinkOptions): Links {
  const counts = new RequestCounts();
  const options = { ...given, counts };
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
    counts,
    close: () => {
      for (const { close } of every()) close();
    },
  };
}

function openLink(options: LinkOptions & { readonly counts: RequestCounts }): Link {
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

type AnyCall = (input: { readonly bucket?: string }) => Promise<unknown>;

/**
 * Sends each call to the region of its bucket: to `home`, unless `elsewhere` has another store for that
 * bucket.
 */
function regionalStore(home: ObjectStore, elsewhere: (bucket: string) => ObjectStore | undefined): ObjectStore {
  const route =
    (operation: Operation): AnyCall =>
    (input) => {
      const store = (input.bucket === undefined ? undefined : elsewhere(input.bucket)) ?? home;
      return (store[operation] as AnyCall)(input);
    };
  const operations = Object.keys(OPERATIONS) as Operation[];
  return Object.fromEntries(operations.map((operation) => [operation, route(operation)])) as unknown as ObjectStore;
}
