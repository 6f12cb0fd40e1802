import { BlockList, isIP } from "node:net";
import { type TransportError, transportError } from "./answer.js";

/** From the environment: HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
export interface Proxies {
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
      problem: `${name} names a proxy of scheme "${scheme}": give one of http or https, or unset it`,
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
  needsTls: "it answers to TLS alone",
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
