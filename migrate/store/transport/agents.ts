import http from "node:http";
import https from "node:https";
import { createSecureContext, type SecureContext } from "node:tls";
import { HttpsProxyAgent, type HttpsProxyAgentOptions } from "https-proxy-agent";
import { rememberSecret } from "../secrets.js";
import { CONNECT_TIMEOUT_MS } from "../timeouts.js";
import { transportError } from "./answer.js";
import { type Proxies, proxyFor } from "./proxies.js";

/** How the network between this machine and the store is set up. */
export interface Network {
  readonly proxies: Proxies;
  /** Certificates (PEM) of the authorities to trust in place of Node's own list; `null` for that list. */
  readonly authorities: readonly string[] | null;
}

export const PLAIN_NETWORK: Network = { proxies: {}, authorities: null };

/** Where a request goes, once proxies were considered. */
export interface Route {
  readonly client: typeof http | typeof https;
  readonly agent: http.Agent;
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: string;
  /** What stands before the path of a request that a proxy is to forward. */
  readonly pathPrefix: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whom to trust, where that is not Node's own list. */
  readonly trust: { readonly secureContext: SecureContext } | null;
  /** Host and port of the proxy; `null` where there is none. */
  readonly proxy: string | null;
}

interface Where {
  readonly protocol: "http:" | "https:";
  /** Without brackets. */
  readonly hostname: string;
  /** Empty for the protocol's own. */
  readonly port: string;
  /** Whether the connection may serve other requests afterwards. */
  readonly keepAlive: boolean;
}

export interface Agents {
  route(where: Where): Route;
  close(): void;
}

/** The one place where connections are set up: kept alive, through a proxy or not, trusting whom the caller trusts. */
export function createAgents(network: Network, maxSockets: number): Agents {
  const made = new Map<string, http.Agent>();
  const once = (name: string, make: () => http.Agent) => {
    const agent = made.get(name) ?? make();
    made.set(name, agent);
    return agent;
  };
  // Not as `ca`, which an agent would make part of the name of every connection.
  const trust = network.authorities && { secureContext: createSecureContext({ ca: [...network.authorities] }) };
  const route = (where: Where): Route => {
    const { protocol, hostname, port, keepAlive } = where;
    const pool = {
      keepAlive,
      maxSockets: keepAlive ? maxSockets : Number.POSITIVE_INFINITY,
      scheduling: "lifo",
    } as const;
    const direct = (to: Where["protocol"]) =>
      once(`${to} ${keepAlive}`, () => (to === "https:" ? new https.Agent(pool) : new http.Agent(pool)));
    const choice = proxyFor(where, network.proxies);
    if (choice.kind === "bad") throw transportError("BadProxy", choice.problem);
    const whole = { client: clientOf(protocol), protocol, hostname, port, pathPrefix: "", headers: {}, trust };
    if (choice.kind === "none") return { ...whole, agent: direct(protocol), proxy: null };
    const { url } = choice;
    if (protocol === "http:") return { ...forwarded(url, where), agent: direct(protocolOf(url)), trust };
    const agent = once(`${url.href} ${keepAlive}`, () => new Tunnel(url, { ...pool, ...trust }));
    return { ...whole, agent, proxy: url.host };
  };
  const close = () => {
    for (const agent of made.values()) agent.destroy();
  };
  return { route, close };
}

function protocolOf({ protocol }: URL): Where["protocol"] {
  return protocol === "https:" ? "https:" : "http:";
}

function clientOf(protocol: Where["protocol"]): Route["client"] {
  return protocol === "https:" ? https : http;
}

/** A proxy takes a request in plain text by its whole URL, and passes it on. */
function forwarded(url: URL, { hostname, port }: Where): Omit<Route, "agent" | "trust"> {
  const authority = hostname.includes(":") ? `[${hostname}]` : hostname;
  const protocol = protocolOf(url);
  return {
    client: clientOf(protocol),
    protocol,
    hostname: url.hostname.replaceAll(/[[\]]/g, ""),
    port: url.port,
    pathPrefix: `http://${authority}${port === "" ? "" : `:${port}`}`,
    headers: proxyAuthorization(url),
    proxy: url.host,
  };
}

function proxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  rememberSecret(pair);
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** A tunnel to a store that speaks TLS, whose CONNECT has the time limit of any connection. */
class Tunnel extends HttpsProxyAgent<string> {
  constructor(url: URL, options: HttpsProxyAgentOptions<string>) {
    super(url, options);
    // Else it finds out by a stack trace for every request.
    this.protocol = "https:";
  }

  override async connect(...given: Parameters<HttpsProxyAgent<string>["connect"]>) {
    const giveUp = new AbortController();
    const timer = setTimeout(
      () => giveUp.abort(transportError("ETIMEDOUT", `no connection within ${CONNECT_TIMEOUT_MS / 1000} s`)),
      CONNECT_TIMEOUT_MS,
    );
    const { connectOpts } = this;
    try {
      // It is read before the first await.
      this.connectOpts = { ...connectOpts, signal: giveUp.signal } as typeof connectOpts;
      const connecting = super.connect(...given);
      this.connectOpts = connectOpts;
      return await connecting;
    } catch (error) {
      throw giveUp.signal.aborted ? giveUp.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  }
}
