import type { IncomingHttpHeaders } from "node:http";
import { S3Error } from "./s3-error.js";

/** The target of a request, with the exact key: no URL parser has changed it. */
export interface RequestTarget {
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  /** The path as in the canonical request of SigV4. */
  readonly canonicalPath: string;
}

const VIRTUAL_HOST = /^(?<bucket>[a-z0-9][a-z0-9.-]+)\.(?:localhost|s3[.-][a-z0-9.-]+)$/;

export function parseTarget(url: string, host: string): RequestTarget {
  const mark = url.indexOf("?");
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const path = decode(rawPath);
  const query = parseQuery(mark < 0 ? "" : url.slice(mark + 1));
  const canonicalPath = encodePath(path);
  const virtual = VIRTUAL_HOST.exec(host.replace(/:\d+$/, ""))?.groups?.bucket;
  if (virtual !== undefined) {
    return { bucket: virtual, key: path.slice(1), query, canonicalPath };
  }
  const slash = path.indexOf("/", 1);
  const bucket = slash < 0 ? path.slice(1) : path.slice(1, slash);
  return { bucket, key: slash < 0 ? "" : path.slice(slash + 1), query, canonicalPath };
}

export function parseQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (pair !== "") {
      const equals = pair.indexOf("=");
      const name = equals < 0 ? pair : pair.slice(0, equals);
      query.set(decodeQuery(name), equals < 0 ? "" : decodeQuery(pair.slice(equals + 1)));
    }
  }
  return query;
}

function decodeQuery(text: string): string {
  return decode(text.replaceAll("+", " "));
}

function decode(text: string): string {
  if (!text.includes("%")) {
    return text;
  }
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI");
  }
}

const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/;

/** Percent-encodes as SigV4 does: everything except unreserved characters and the slash. */
function encodePath(path: string): string {
  if (PLAIN_PATH.test(path)) {
    return path;
  }
  return encodeURIComponent(path)
    .replaceAll("%2F", "/")
    .replace(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);
}

export type RequestHeaders = Readonly<Record<string, string | undefined>>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: "only ASCII" is what it asks
const ASCII = /^[\u0000-\u007f]*$/;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Decodes header values: Node reads their bytes as latin-1, while S3 clients send UTF-8. */
export function readHeaders(raw: IncomingHttpHeaders): RequestHeaders {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(raw)) {
    const text = Array.isArray(value) ? value.join(",") : value;
    headers[name] = text === undefined || ASCII.test(text) ? text : readUtf8(text);
  }
  return headers;
}

function readUtf8(text: string): string {
  try {
    return utf8.decode(Buffer.from(text, "latin1"));
  } catch {
    return text;
  }
}
