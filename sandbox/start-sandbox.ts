import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createAuthenticate } from "./auth/authenticate.js";
import type { Behaviour } from "./behaviour.js";
import { handleRequest, type Service } from "./http/handle-request.js";
import { EarlierVersions } from "./listing/earlier-versions.js";
import { requiredRegion } from "./operations/buckets.js";
import type { Context } from "./operations/operation.js";
import { DEFAULT_CREDENTIALS, type SandboxOptions, type SandboxUser } from "./options.js";
import { behaviourOf } from "./profiles.js";
import { openStore } from "./storage/open-store.js";

/** A running sandbox. */
export interface Sandbox {
  /** For example `http://127.0.0.1:39211`. */
  readonly endpoint: string;
  readonly region: string;
  /** The credentials of the first user. */
  readonly credentials: SandboxUser;
  /** Number of calls per S3 operation name. */
  readonly calls: Readonly<Record<string, number>>;
  /** The current switches. */
  readonly behaviour: Behaviour;
  resetCalls(): void;
  /** Changes switches while the sandbox runs. Stored objects stay unchanged. */
  changeBehaviour(changes: Partial<Behaviour>): void;
  close(): Promise<void>;
}

/**
 * Starts an S3 endpoint on this machine that distinguishes encrypted from plaintext objects. It serves plain
 * HTTP until `close` is called.
 *
 * @throws Error if `credentials` is empty, or if it cannot listen on `host` and `port`
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = "127.0.0.1", port = 0, region = "gra", clock = () => new Date() } = options;
  const users = options.credentials ?? [DEFAULT_CREDENTIALS];
  const [firstUser] = users;
  if (firstUser === undefined) throw new Error("credentials must name at least one user");
  const calls: Record<string, number> = {};
  let behaviour = behaviourOf(options.profile ?? "ovh", options.behaviour);
  const earlier = new EarlierVersions(() => clock().getTime());
  const store = await openStore(options.dataDir, (bucket, change) => {
    if (behaviour.listingLagMs > 0) earlier.note(bucket, change, behaviour.listingLagMs);
  });
  const conflicts = conflictsEvery();
  const newContext = (): Context => ({
    store,
    region,
    behaviour,
    now: () => clock().getTime(),
    listing: (bucket) => earlier.listing(bucket, behaviour),
    conflicts: () => conflicts(behaviour.conditionalConflictEvery),
  });
  const regionOf: RegionOf = (request, claim) => requiredRegion(request, claim, { region, behaviour });
  const authenticate = createAuthenticate(users, regionOf, clock);
  const service = { authenticate, intercept: options.intercept, calls, newContext };
  const server = await listen(service, host, port).catch((error: unknown) => closeFor(store, error));
  return {
    endpoint: `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`,
    region,
    credentials: firstUser,
    calls,
    get behaviour() {
      return behaviour;
    },
    resetCalls: () => forget(calls),
    changeBehaviour: (changes) => {
      behaviour = { ...behaviour, ...changes };
    },
    close: () => server.close().then(() => store.close()),
  };
}

type RegionOf = Parameters<typeof createAuthenticate>[1];

async function closeFor(store: { close(): Promise<void> }, error: unknown): Promise<never> {
  await store.close();
  throw error;
}

function forget(calls: Record<string, number>): void {
  for (const name of Object.keys(calls)) delete calls[name];
}

/** Counts conditional writes: every n-th conflicts, none if n is 0. */
function conflictsEvery(): (every: number) => boolean {
  let writes = 0;
  return (every) => every > 0 && ++writes % every === 0;
}

const KEEP_ALIVE_MS = 60_000;

interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

async function listen(service: Service, host: string, port: number): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, noDelay: true });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    void handleRequest(service, request, response, readBody);
  });
  // An unknown Expect is ignored, as S3 does.
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
    void handleRequest(service, request, response, readBody);
  });
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    // The client may send the body without waiting, so the connection cannot be reused.
    response.shouldKeepAlive = false;
    void handleRequest(service, request, response, (body) => {
      return readAfterContinue(body, response);
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function readBody(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false });
}

/** Requests the body only when an operation reads it. A request that is rejected earlier never sends it. */
async function* readAfterContinue(request: IncomingMessage, response: ServerResponse): AsyncIterable<Buffer> {
  response.shouldKeepAlive = true;
  response.writeContinue();
  yield* readBody(request);
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
