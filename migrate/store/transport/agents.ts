import http from "node:http";
import https from "node:https";
import { BlockList, isIP } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { HttpsProxyAgent, type HttpsProxyAgentOptions } from "https-proxy-agent";
import { buildConnector } from "undici";
import { rememberSecret } from "../wire.js";
import { connectedTooLate, proxyRefusal, transportError } from "./answer.js";
import { CONNECT_TIMEOUT_MS } from "./request.js";

/** The network configuration between this machine and the store. */
export interface Network {
  readonly proxies: Proxies;
  /** Certificates (PEM) of the authorities to trust instead of Node's own list; `null` for that list. */
  readonly authorities: readonly string[] | null;
}

export const PLAIN_NETWORK: Network = { proxies: {}, authorities: null };

interface Destination {
  readonly protocol: "http:" | "https:";
  /** Without brackets. */
  readonly hostname: string;
  /** Empty for the protocol's default. */
  readonly port: string;
}

/** The destination of a request after proxies are considered. */
export interface Way extends Destination {
  /** Prefix of the path if a proxy forwards the request. */
  readonly pathPrefix: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Host and port of the proxy; `null` if there is none. */
  readonly proxy: string | null;
  /** The proxy if it only tunnels; `null` otherwise. */
  readonly tunnel: URL | null;
}

/** The authorities to trust instead of Node's own list; `null` for that list. */
type Trust = { readonly secureContext: SecureContext } | null;

export interface Route extends Way {
  readonly client: typeof http | typeof https;
  readonly agent: http.Agent;
  readonly trust: Trust;
}

export interface Agents {
  /** `keepAlive`: whether later requests may reuse the connection. */
  route(destination: Destination, keepAlive: boolean): Route;
  close(): void;
}

const trusted = new WeakMap<readonly string[], Trust>();

/**
 * For connections that use TLS alone, and made once: reading the 140 authorities of a system's bundle takes tens of
 * milliseconds. Not to be passed as `ca`, because an agent would make it part of the name of every connection.
 */
function trustOf({ authorities }: Network, { protocol, tunnel }: Pick<Way, "protocol" | "tunnel">): Trust {
  if (authorities === null || (protocol === "http:" && tunnel === null)) return null;
  const trust = trusted.get(authorities) ?? { secureContext: createSecureContext({ ca: [...authorities] }) };
  trusted.set(authorities, trust);
  return trust;
}

/** Throws if the environment names no usable proxy. */
export function wayTo(destination: Destination, proxies: Proxies): Way {
  const choice = proxyFor(destination, proxies);
  if (choice.kind === "bad") throw transportError("BadProxy", choice.problem);
  const direct = { ...destination, pathPrefix: "", headers: {}, proxy: null, tunnel: null };
  if (choice.kind === "none") return direct;
  const { url } = choice;
  return destination.protocol === "http:" ? forwarded(url, destination) : { ...direct, proxy: url.host, tunnel: url };
}

/** Sets up the connections of node:http: kept alive, with or without a proxy, trusting the configured authorities. */
export function createAgents(network: Network, maxSockets: number): Agents {
  const made = new Map<string, http.Agent>();
  const once = (name: string, make: () => http.Agent) => {
    const agent = made.get(name) ?? make();
    made.set(name, agent);
    return agent;
  };
  const route: Agents["route"] = (destination, keepAlive) => {
    const pool = {
      keepAlive,
      maxSockets: keepAlive ? maxSockets : Number.POSITIVE_INFINITY,
      scheduling: "lifo",
    } as const;
    const way = wayTo(destination, network.proxies);
    const { protocol, tunnel } = way;
    const trust = trustOf(network, way);
    const open = () => (protocol === "https:" ? new https.Agent(pool) : new http.Agent(pool));
    const agent =
      tunnel === null
        ? once(`${protocol} ${keepAlive}`, open)
        : once(`${tunnel.href} ${keepAlive}`, () => new Tunnel(tunnel, { ...pool, ...trust }));
    return { ...way, client: clientOf(protocol), agent, trust };
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
function forwarded(url: URL, { hostname, port }: Destination): Way {
  const authority = hostname.includes(":") ? `[${hostname}]` : hostname;
  return {
    protocol: protocolOf(url),
    hostname: url.hostname.replaceAll(/[[\]]/g, ""),
    port: url.port,
    pathPrefix: `http://${authority}${port === "" ? "" : `:${port}`}`,
    headers: proxyAuthorization(url),
    proxy: url.host,
    tunnel: null,
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
    const timer = setTimeout(() => giveUp.abort(connectedTooLate()), CONNECT_TIMEOUT_MS);
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

export interface Closable {
  destroy(): unknown;
}

type Connector = Parameters<buildConnector.connector>;
/** `hold` receives whatever is to be destroyed if the connection is no longer wanted. */
export type Connect = (
  options: Connector[0],
  callback: buildConnector.Callback,
  hold: (opening: Closable) => void,
) => void;

/** Opens connections for undici, through a tunnel if need be. */
export function connectorOf({ tunnel, ...way }: Way, network: Network): Connect {
  const trust = trustOf(network, { ...way, tunnel });
  // It returns the socket, which its type does not say.
  const connect = buildConnector({ ...trust, timeout: CONNECT_TIMEOUT_MS }) as (...given: Connector) => unknown;
  if (tunnel === null) return (options, callback, hold) => hold(connect(options, callback) as Closable);
  const host = way.hostname.includes(":") ? `[${way.hostname}]` : way.hostname;
  const authority = `${host}:${way.port || "443"}`;
  return (options, callback, hold) => {
    const outgoing = clientOf(protocolOf(tunnel)).request({
      method: "CONNECT",
      agent: false,
      host: tunnel.hostname.replaceAll(/[[\]]/g, ""),
      port: tunnel.port,
      path: authority,
      headers: { host: authority, ...proxyAuthorization(tunnel) },
      ...trust,
    });
    hold(outgoing);
    const timer = setTimeout(() => outgoing.destroy(connectedTooLate()), CONNECT_TIMEOUT_MS);
    const settle = (error: Error) => {
      clearTimeout(timer);
      callback(error, null);
    };
    outgoing.once("error", settle);
    outgoing.once("response", ({ statusCode = 0 }) => outgoing.destroy(proxyRefusal(statusCode, tunnel.host)));
    outgoing.once("connect", ({ statusCode = 0 }, socket) => {
      outgoing.off("error", settle);
      clearTimeout(timer);
      if (statusCode === 200) hold(connect({ ...options, httpSocket: socket }, callback) as Closable);
      else {
        socket.destroy();
        callback(proxyRefusal(statusCode, tunnel.host), null);
      }
    });
    outgoing.end();
  };
}

/** From the environment: HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
interface Proxies {
  readonly http?: string | undefined;
  readonly https?: string | undefined;
  /**
   * Hosts to connect to directly, separated by commas: names (including their subdomains), addresses or
   * ranges, each with an optional port, or `*`.
   */
  readonly except?: string | undefined;
}

type ProxyChoice =
  | { readonly kind: "none" }
  | { readonly kind: "proxy"; readonly url: URL }
  /** Reveals nothing of the given value except its scheme. */
  | { readonly kind: "bad"; readonly problem: string };

const DIRECT = { kind: "none" } as const;
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** The proxy for one URL. Loopback addresses never use one, as in Go's tools. */
export function proxyFor(url: Pick<URL, "protocol" | "hostname" | "port">, proxies: Proxies): ProxyChoice {
  const isHttps = url.protocol === "https:";
  const given = (isHttps ? proxies.https : proxies.http)?.trim();
  if (!given) return DIRECT;
  const host = url.hostname.replaceAll(/[[\]]/g, "").toLowerCase();
  const port = url.port || (isHttps ? "443" : "80");
  if (isLoopback(host) || isExcepted(host, port, proxies.except ?? "")) return DIRECT;
  return parseProxy(given, isHttps ? "HTTPS_PROXY" : "HTTP_PROXY");
}

/** The scheme is optional: curl and Python assume http. */
function parseProxy(given: string, name: string): ProxyChoice {
  const text = given.includes("://") ? given : `http://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === "") {
    return { kind: "bad", problem: `${name} is not a URL: give http://HOST:PORT, or unset it` };
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const scheme = url.protocol.slice(0, -1);
    return {
      kind: "bad",
      problem: `${name} uses the scheme "${scheme}": give a proxy with http or https, or unset it`,
    };
  }
  return { kind: "proxy", url };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || isWithin(LOOPBACK, host);
}

function isWithin(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? "ipv4" : "ipv6");
}

function isExcepted(host: string, port: string, except: string): boolean {
  const entries = except.toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => entry !== "" && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const range = /^([0-9a-f.:]+)\/(\d{1,3})$/.exec(entry);
  if (range !== null) return isInRange(host, range[1] ?? "", Number(range[2]));
  const bare = entry.replaceAll(/[[\]]/g, "");
  if (isIP(bare) !== 0) return bare === host;
  const [, name = "", wantedPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const suffix = name.replace(/^\*?\./, "");
  return host === suffix || (isIP(host) === 0 && host.endsWith(`.${suffix}`));
}

function isInRange(host: string, network: string, bits: number): boolean {
  const version = isIP(network);
  if (version === 0 || bits > (version === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, version === 4 ? "ipv4" : "ipv6");
  return isWithin(list, host);
}
