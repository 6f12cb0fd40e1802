import { encodeKey } from "../encode-key.js";

export interface EndpointParts {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  /** Empty for the protocol's own port. */
  readonly port: string;
  /** What the endpoint's path begins with, without a final slash. */
  readonly basePath: string;
  readonly pathStyle: boolean;
}

export function parseEndpoint(endpoint: string, pathStyle: boolean): EndpointParts {
  const url = new URL(endpoint);
  const protocol = url.protocol === "https:" ? "https:" : "http:";
  return { protocol, hostname: url.hostname, port: url.port, basePath: url.pathname.replace(/\/$/, ""), pathStyle };
}

/** Host and path of an object. The path is written by hand: a URL parser would fold `.` and `..` in keys. */
export function objectUrl(endpoint: EndpointParts, bucket: string, key: string): { host: string; path: string } {
  // Certificates of virtual hosts do not cover a second label.
  const inPath = endpoint.pathStyle || (bucket.includes(".") && endpoint.protocol === "https:");
  const host = inPath ? endpoint.hostname : `${bucket}.${endpoint.hostname}`;
  return { host, path: `${endpoint.basePath}${inPath ? `/${bucket}` : ""}/${encodeKey(key)}` };
}
