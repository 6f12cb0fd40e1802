import { parseQuery, type RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import type { Tag } from "../storage/object-version.js";

const PREFIX = "x-amz-meta-";
const MAX_METADATA_BYTES = 2048;
const CONTENT_HEADERS = ["cache-control", "content-disposition", "content-encoding", "content-language", "expires"];
const NOT_ASCII = /[^\u0020-\u007e]/;

/** User metadata by name without its prefix, in the form in which it is returned. */
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

// `aws-chunked` is a transfer coding, not part of the object.
function withoutChunked(encoding: string | undefined): string | undefined {
  if (encoding?.includes("aws-chunked") !== true) {
    return encoding;
  }
  const codings = encoding.split(",").map((coding) => coding.trim());
  const kept = codings.filter((coding) => coding !== "aws-chunked" && coding !== "").join(",");
  return kept === "" ? undefined : kept;
}

// RFC 2047, the form in which S3 returns metadata that is not ASCII.
function encodedWord(value: string): string {
  return `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`;
}

const MAX_TAGS = 10;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3Tag.html
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export function parseTaggingHeader(header: string): readonly Tag[] {
  const pairs = header.split("&").filter((pair) => pair !== "");
  const tags = pairs.flatMap((pair) => [...parseQuery(pair)].map(([key, value]) => ({ key, value })));
  return checkTags(tags, MAX_TAGS);
}

export function checkTags(tags: readonly Tag[], most: number = MAX_TAGS): readonly Tag[] {
  if (tags.length > most) {
    throw new S3Error("InvalidTag", { status: 400, message: `Object tags cannot be greater than ${most}` });
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw new S3Error("InvalidTag", { message: "Cannot provide multiple Tags with the same key" });
  }
  for (const { key, value } of tags) {
    if (key === "" || key.length > MAX_KEY_LENGTH || !ALLOWED.test(key)) {
      throw new S3Error("InvalidTag", { message: "The TagKey you have provided is invalid" });
    }
    if (value.length > MAX_VALUE_LENGTH || !ALLOWED.test(value)) {
      throw new S3Error("InvalidTag", { message: "The TagValue you have provided is invalid" });
    }
  }
  return tags;
}
