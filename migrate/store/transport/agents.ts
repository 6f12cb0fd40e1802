import http from "node:http";
import https from "node:https";
import { BlockList, isIP } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { HttpsProxyAgent, type HttpsProxyAgentOptions } from "https-proxy-agent";
import { CONNECT_TIMEOUT_MS, rememberSecret } from "../wire.js";
import { type TransportError, transportError } from "./answer.js";

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

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);
/** The wording of nginx, Apache, Go and HAProxy. */
const NEEDS_TLS =
  /plain HTTP request was sent to HTTPS|speaking plain HTTP to an SSL|sent an HTTP request to an HTTPS server/i;
/** A TLS record other than a handshake: its type, followed by version 3.x. */
const TLS_ALERT = 0x15;
const NO_TLS = /wrong version number|packet length too long|http request|record layer failure/i;

const WORDS = {
  redirects: "it redirects to https",
  needsTls: "it accepts TLS only",
  noTls: "it does not speak TLS",
} as const;

function httpsExpected(words: string, cause?: unknown): TransportError {
  return transportError("HttpsExpected", words, cause);
}

/** A redirect of a plain-text request to https. All other redirects of a store are ordinary answers. */
export function redirectToHttps(status: number, location: string | undefined): TransportError | undefined {
  const leadsToHttps = REDIRECTS.has(status) && location !== undefined && /^https:/i.test(location);
  return leadsToHttps ? httpsExpected(WORDS.redirects) : undefined;
}

/** Detects a server's plain-text message to a client that did not use TLS. */
export function plainToTls(body: string): TransportError | undefined {
  return NEEDS_TLS.test(body) ? httpsExpected(WORDS.needsTls) : undefined;
}

interface Thrown {
  readonly code?: string;
  readonly message: string;
  /** The bytes that could not be parsed as HTTP. */
  readonly rawPacket?: Uint8Array;
}

/** The scheme problem that a broken connection reveals, if any. */
export function brokenByScheme(isPlain: boolean, thrown: Thrown): TransportError | undefined {
  const { code = "", message, rawPacket } = thrown;
  if (isPlain) {
    const isAlert = code.startsWith("HPE_") && rawPacket?.[0] === TLS_ALERT && rawPacket[1] === 0x03;
    return isAlert ? httpsExpected(WORDS.needsTls, thrown) : undefined;
  }
  const isTls = code === "EPROTO" || code.startsWith("ERR_SSL");
  return isTls && NO_TLS.test(message) ? transportError("HttpExpected", WORDS.noTls, thrown) : undefined;
}
