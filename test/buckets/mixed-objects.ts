import { createHash } from "node:crypto";
import type { NewObject } from "./raw-s3.js";

const MIB = 1024 * 1024;
const GROUP = "http://acs.amazonaws.com/groups/global/";

/** Larger objects of the mixture are above it; smaller ones are not. */
export const MIXED_CUTOFF_BYTES = 128 * 1024;
export const CUSTOMER_KEY = Buffer.alloc(32, 7);

type Dress = Omit<NewObject, "key" | "body">;

/** A tag set longer than 2 KB once it is URL-encoded. */
export const LONG_TAGS = Array.from({ length: 10 }, (_, n) => [`étiquette ${n}`, "ü/+ ".repeat(40)] as const);

const DRESSES: readonly Dress[] = [
  {},
  {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-encoding": "identity, gzip",
      "content-language": "fr-CA, en",
      "content-disposition": 'attachment; filename="a b é.html"',
      "cache-control": "private, max-age=31536000",
      expires: "not a date at all",
    },
  },
  {
    headers: {
      "content-type": "image/png",
      "x-amz-meta-owner": "finance",
      "x-amz-meta-name": "=?UTF-8?Q?d=C3=A9j=C3=A0?=",
      "x-amz-meta-raw": "déjà 🦊",
      "x-amz-meta-empty": "",
      "x-amz-meta-mtime": "1700000000.123456789",
    },
  },
  { tags: [["project", "phoenix"]] },
  { tags: Array.from({ length: 10 }, (_, n) => [`tag ${n}`, `a+b=c & ${n}`.replace("&", "and")] as const) },
  { tags: LONG_TAGS },
  { headers: { "x-amz-acl": "public-read" } },
  {
    headers: {
      "x-amz-grant-full-control": 'id="sandbox-owner"',
      "x-amz-grant-read": `uri="${GROUP}AuthenticatedUsers", id="another-account"`,
      "x-amz-grant-read-acp": 'id="another-account"',
    },
  },
  { headers: { "x-amz-storage-class": "STANDARD_IA" } },
  { headers: { "x-amz-website-redirect-location": "/elsewhere/index.html", "cache-control": "no-store" } },
];

/** Objects of every sort that one bucket can hold, the same ones for the same count. */
export function* mixedObjects(count: number): Generator<NewObject> {
  const large = largeObjects();
  const keys = [...AWKWARD_KEYS];
  yield* large;
  for (let index = 0; index < count - large.length; index += 1) {
    const key = keys[index] ?? `mixed/${String(index % 100).padStart(2, "0")}/${index}.bin`;
    yield dressed(key, index);
  }
}

/** Strides that share no divisor, so that every dress meets every size and every encryption. */
function dressed(key: string, index: number): NewObject {
  const dress = DRESSES[index % DRESSES.length] ?? {};
  const body =
    index % 37 === 5
      ? filler(index, MIXED_CUTOFF_BYTES + 1 + index)
      : filler(index, index % 7 === 0 ? 0 : index % 3000);
  const object = { ...dress, key, body };
  if (index % 41 === 17) return { ...object, headers: { ...dress.headers, "x-amz-server-side-encryption": "AES256" } };
  if (index % 43 === 19) return { ...object, headers: { ...dress.headers, ...customerKeyHeaders(CUSTOMER_KEY) } };
  if (index % 101 === 23) return { ...object, headers: { ...dress.headers, "x-amz-storage-class": "DEEP_ARCHIVE" } };
  return object;
}

/** Above the smallest part that S3 allows, so that they are copied in several. */
function largeObjects(): NewObject[] {
  const everything = { headers: { ...DRESSES[1]?.headers, ...DRESSES[2]?.headers, ...DRESSES[7]?.headers } };
  return [
    { ...everything, tags: LONG_TAGS, key: "large/in-one-piece", body: filler(1, 11 * MIB + 1) },
    { ...everything, key: "large/uploaded-in-parts", body: filler(2, 11 * MIB + 1), partBytes: 5 * MIB },
    { key: "large/uploaded-in-larger-parts", body: filler(3, 13 * MIB), partBytes: 6 * MIB },
  ];
}

/** Bytes that differ from one object to the next, and from one part to the next. */
function filler(seed: number, bytes: number): Buffer {
  const body = Buffer.alloc(bytes, `${seed}/`);
  for (let at = 0; at + 4 <= bytes; at += 65_536) body.writeUInt32BE(at, at);
  return body;
}

/** Keys that stores allow and tools lose. */
export const AWKWARD_KEYS: readonly string[] = [
  "dir/",
  "/leading/slash",
  "a//b",
  "//",
  "trailing//",
  ".",
  "..",
  "./a",
  "../a",
  "a/./b",
  "a/../b",
  "a+b",
  "a b",
  " leading and trailing ",
  "a%20b",
  "100%",
  "a b+c%20é/?#&.txt",
  "?versionId=1",
  "twin",
  "twin?versionId=null",
  "#fragment",
  "a&b=c;d,e",
  "quote\"'<>\\|^`{}[]~",
  "!'()*@:$",
  "tab\there",
  "line\nbreak",
  "carriage\rreturn",
  "bell\u0007",
  "\u001b[31mred",
  "delete\u007f",
  "\u2028separator",
  "no\u00a0break",
  "é composed",
  "e\u0301 decomposed",
  "日本語",
  "עברית",
  "🦊/🦊🏽‍🚀",
  "\uffef before the astral ones",
  "=cmd|' /C calc'!A0",
  "-rf",
  "__proto__",
  "constructor",
  "x".repeat(1024),
  `${"é".repeat(512)}`,
];

/** The three headers of an SSE-C request. */
export function customerKeyHeaders(key: Buffer): Record<string, string> {
  return {
    "x-amz-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-server-side-encryption-customer-key": key.toString("base64"),
    "x-amz-server-side-encryption-customer-key-md5": createHash("md5").update(key).digest("base64"),
  };
}
