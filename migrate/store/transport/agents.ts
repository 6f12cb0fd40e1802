import http from "node:http";
import https from "node:https";
import { createSecureContext, type SecureContext } from "node:tls";
import { HttpsProxyAgent, type HttpsProxyAgentOptions } from "https-proxy-agent";
import { rememberSecret } from "../secrets.js";
import { CONNECT_TIMEOUT_MS } from "../timeouts.js";
import { transportError } from "./answer.js";
import { type Proxies, proxyFor } from "./proxies.js";

/** The network configuration between this machine and the store. */
export interface Network {
  readonly proxies: Proxies;
  /** Certificates (PEM) of the authorities to trust instead of Node's own list; `null` for that list. */
  readonly authorities: readonly string[] | null;
}

export const PLAIN_NETWORK: Network = { proxies: {}, authorities: null };

/** The destination of a request after proxies are considered. */
export interface Route {
  readonly client: typeof http | typeof https;
  readonly agent: http.Agent;
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: string;
  /** Prefix of the path if a proxy forwards the request. */
  readonly pathPrefix: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The authorities to trust instead of Node's own list. */
  readonly trust: { readonly secureContext: SecureContext } | null;
  /** Host and port of the proxy; `null` if there is none. */
  readonly proxy: string | null;
}

interface Destination {
  readonly protocol: "http:" | "https:";
  /** Without brackets. */
  readonly hostname: string;
  /** Empty for the protocol's default. */
  readonly port: string;
  /** Whether later requests may reuse the connection. */
  readonly keepAlive: boolean;
}

export interface Agents {
  route(destination: Destination): Route;
  close(): void;
}

/**
 * The only place that sets up connections: kept alive, with or without a proxy, trusting the configured
 * authorities.
 */
export function createAgents(network: Network, maxSockets: number): Agents {
  const made = new Map<string, http.Agent>();
  const once = (name: string, make: () => http.Agent) => {
    const agent = made.get(name) ?? make();
    made.set(name, agent);
    return agent;
  };
  // Not passed as `ca`, because an agent would make it part of the name of every connection.
  const trust = network.authorities && { secureContext: createSecureContext({ ca: [...network.authorities] }) };
  const route = (destination: Destination): Route => {
    const { protocol, hostname, port, keepAlive } = destination;
    const pool = {
      keepAlive,
      maxSockets: keepAlive ? maxSockets : Number.POSITIVE_INFINITY,
      scheduling: "lifo",
    } as const;
    const direct = (to: Destination["protocol"]) =>
      once(`${to} ${keepAlive}`, () => (to === "https:" ? new https.Agent(pool) : new http.Agent(pool)));
    const choice = proxyFor(destination, network.proxies);
    if (choice.kind === "bad") throw transportError("BadProxy", choice.problem);
    const whole = { client: clientOf(protocol), protocol, hostname, port, pathPrefix: "", headers: {}, trust };
    if (choice.kind === "none") return { ...whole, agent: direct(protocol), proxy: null };
    const { url } = choice;
    if (protocol === "http:") return { ...forwarded(url, destination), agent: direct(protocolOf(url)), trust };
    const agent = once(`${url.href} ${keepAlive}`, () => new Tunnel(url, { ...pool, ...trust }));
    return { ...whole, agent, proxy: url.host };
  };
  const close = () => {
    for (const agent of made.values()) agent.destroy();
  };
  return { route, close };
}

function protocolOf({ protocol }: URL): Destination["protocol"] {
  return protocol === "https:" ? "https:" : "http:";
}

function clientOf(protocol: Destination["protocol"]): Route["client"] {
  return protocol === "https:" ? https : http;
}

/** A proxy receives a plain-text request with the full URL and forwards it. */
function forwarded(url: URL, { hostname, port }: Destination): Omit<Route, "agent" | "trust"> {
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

/** A tunnel to a store over TLS. Its CONNECT has the same time limit as any connection. */
class Tunnel extends HttpsProxyAgent<string> {
  constructor(url: URL, options: HttpsProxyAgentOptions<string>) {
    super(url, options);
    // Otherwise it would inspect a stack trace for every request to learn this.
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
      // `super.connect` reads it before its first await.
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
