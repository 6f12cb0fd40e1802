import type { RequestHeaders } from "../http/request-headers.js";
import { S3Error } from "../http/s3-error.js";

const PREFIX = "x-amz-meta-";
const MAX_METADATA_BYTES = 2048;
const CONTENT_HEADERS = ["cache-control", "content-disposition", "content-encoding", "content-language", "expires"];
const NOT_ASCII = /[^\u0020-\u007e]/;

/** User metadata by name without its prefix, in the form in which it is given back. */
export function readMetadata(headers: RequestHeaders): Readonly<Record<string, string>> {
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(PREFIX) && value !== undefined) {
      const short = name.slice(PREFIX.length);
      metadata[short] = NOT_ASCII.test(value) ? encodedWord(value) : value;
      bytes += short.length + Buffer.byteLength(value);
    }
  }
  if (bytes > MAX_METADATA_BYTES) {
    throw new S3Error("MetadataTooLarge", {
      fields: { Size: String(bytes), MaxSizeAllowed: String(MAX_METADATA_BYTES) },
    });
  }
  return metadata;
}

export function metadataHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [PREFIX + name, value]));
}

export function readContentHeaders(headers: RequestHeaders): Readonly<Record<string, string>> {
  const kept: Record<string, string> = { "content-type": headers["content-type"] ?? "binary/octet-stream" };
  for (const name of CONTENT_HEADERS) {
    const value = name === "content-encoding" ? withoutChunked(headers[name]) : headers[name];
    if (value !== undefined) {
      kept[name] = value;
    }
  }
  return kept;
}

// `aws-chunked` is how the body travels, not what it is.
function withoutChunked(encoding: string | undefined): string | undefined {
  if (encoding?.includes("aws-chunked") !== true) {
    return encoding;
  }
  const codings = encoding.split(",").map((coding) => coding.trim());
  const kept = codings.filter((coding) => coding !== "aws-chunked" && coding !== "").join(",");
  return kept === "" ? undefined : kept;
}

// RFC 2047, as S3 sends back metadata that is not ASCII.
function encodedWord(value: string): string {
  return `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`;
}
