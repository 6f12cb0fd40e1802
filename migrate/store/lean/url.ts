import { isIP } from "node:net";
import { encodeKey } from "../wire.js";

interface EndpointParts {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  /** Empty for the protocol's default port. */
  readonly port: string;
  /** Path prefix of the endpoint, without a final slash. */
  readonly basePath: string;
  readonly pathStyle: boolean;
}

export function parseEndpoint(endpoint: string, pathStyle: boolean): EndpointParts {
  const url = new URL(endpoint);
  const protocol = url.protocol === "https:" ? "https:" : "http:";
  return { protocol, hostname: url.hostname, port: url.port, basePath: url.pathname.replace(/\/$/, ""), pathStyle };
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replaceAll(/[[\]]/g, "")) !== 0;
}

/**
 * Host and path of an object. The path is built by hand because a URL parser would collapse `.` and `..` in
 * keys.
 */
export function objectUrl(endpoint: EndpointParts, bucket: string, key: string): { host: string; path: string } {
  // Wildcard certificates of virtual hosts do not cover a second label, and an IP address has no subdomains.
  const hasDots = bucket.includes(".") && endpoint.protocol === "https:";
  const inPath = endpoint.pathStyle || hasDots || isAddress(endpoint.hostname);
  const host = inPath ? endpoint.hostname : `${bucket}.${endpoint.hostname}`;
  return { host, path: `${endpoint.basePath}${inPath ? `/${bucket}` : ""}/${encodeKey(key)}` };
}

/** Builds a query string, leaving out undefined parameters. */
export function objectQuery(parameters: Readonly<Record<string, string | undefined>>): string {
  const present = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return present.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}
