import type { IncomingHttpHeaders } from "node:http";

export type RequestHeaders = Readonly<Record<string, string | undefined>>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: "only ASCII" is what it asks
const ASCII = /^[\u0000-\u007f]*$/;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Header values as text: node reads bytes as latin-1, while S3 clients mean UTF-8. */
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
