import { createHash, randomBytes } from "node:crypto";
import { inParallel } from "../buckets/async-items.js";
import { AWKWARD_KEYS, customerKeyHeaders } from "../buckets/mixed-objects.js";
import { type NewObject, pathOf, putObject, type RawS3, sendOk } from "../buckets/raw-s3.js";
import { field } from "./snapshot.js";

const MIB = 1024 * 1024;
/** Larger objects are copied in parts. */
const CUTOFF_BYTES = 64 * 1024;
/** The key of objects for which a run is given no key. */
export const FOREIGN_KEY = Buffer.alloc(32, 9);

/** The properties that an object can have besides its bytes, by the name under which a store's refusal is shown. */
interface Dress {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tags?: NewObject["tags"];
  /** Grants by PUT of an access control list: headers are spelled otherwise from store to store. */
  readonly readers?: string;
  readonly checksum?: boolean;
}

const EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers";

const DRESSES: readonly Dress[] = [
  { name: "nothing but bytes" },
  {
    name: "content headers",
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-encoding": "gzip",
      "content-language": "fr-CA, en",
      "content-disposition": 'attachment; filename="a b.html"',
      "cache-control": "private, max-age=31536000",
      expires: "Wed, 01 Jan 2031 00:00:00 GMT",
    },
  },
  { name: "an Expires that is no date", headers: { expires: "not a date at all", "content-type": "image/png" } },
  { name: "a Content-Disposition in UTF-8", headers: { "content-disposition": 'attachment; filename="dé 🦊.html"' } },
  { name: "metadata in UTF-8", headers: { "x-amz-meta-raw": "déjà 🦊" } },
  {
    name: "metadata in ASCII, some of it empty",
    headers: {
      "x-amz-meta-name": "=?UTF-8?Q?d=C3=A9j=C3=A0?=",
      "x-amz-meta-empty": "",
      "x-amz-meta-mtime": "1700000000.123456789",
      "x-amz-meta-long": "m".repeat(1500),
    },
  },
  { name: "a tag", tags: [["project", "phoenix"]] },
  { name: "ten tags", tags: Array.from({ length: 10 }, (_, n) => [`tag ${n}`, `a+b=c:/@ ${n}`] as const) },
  {
    name: "tags above 2 KB",
    tags: Array.from({ length: 10 }, (_, n) => [`étiquette ${n}`, "ü/+ ".repeat(40)] as const),
  },
  { name: "an ACL that everybody reads", headers: { "x-amz-acl": "public-read" } },
  { name: "an ACL with grants of its own", readers: EVERYBODY },
  { name: "storage class STANDARD_IA", headers: { "x-amz-storage-class": "STANDARD_IA" } },
  { name: "storage class GLACIER", headers: { "x-amz-storage-class": "GLACIER" } },
  { name: "a website redirect", headers: { "x-amz-website-redirect-location": "/elsewhere/index.html" } },
  { name: "a SHA-256 checksum", checksum: true },
  { name: "SSE-S3", headers: { "x-amz-server-side-encryption": "AES256", "x-amz-meta-was": "encrypted before" } },
  { name: "a customer key", headers: customerKeyHeaders(FOREIGN_KEY) },
];

interface Wanted {
  readonly key: string;
  readonly body: Buffer;
  readonly dress: Dress;
  readonly partBytes?: number;
}

/** Objects of every sort: each awkward key, each dress, empty ones, those above the cutoff, and those that came in parts. */
function wantedObjects(short: boolean): Wanted[] {
  const keys = short ? AWKWARD_KEYS.filter((_, index) => index % 5 === 0) : AWKWARD_KEYS;
  const dressed = DRESSES.map((dress, index) => ({ key: `dressed/${index}`, body: filler(100 + index, 600), dress }));
  const empty = DRESSES.filter((_, index) => !short || index % 5 === 1).map((dress, index) => ({
    key: `empty/${index}`,
    body: Buffer.alloc(0),
    dress,
  }));
  const large = DRESSES.filter((_, index) => !short || index % 5 === 2).map((dress, index) => ({
    key: `above the cutoff/${index}`,
    body: filler(200 + index, CUTOFF_BYTES + 1 + index),
    dress,
  }));
  const inParts = [1, 4, 8].slice(0, short ? 1 : 3).map((at) => ({
    key: `in parts/${at}`,
    body: filler(300 + at, 5 * MIB + 1000 + at),
    dress: DRESSES[at] as Dress,
    partBytes: 5 * MIB,
  }));
  const awkward = keys.map((key, index) => ({
    key,
    body: filler(index, index % 4 === 0 ? 0 : 300 + index),
    dress: DRESSES[index % DRESSES.length] as Dress,
  }));
  return [...dressed, ...empty, ...large, ...inParts, ...awkward];
}

interface Filled {
  readonly objects: number;
  /** The properties that the store refused, each once, with its answer. */
  readonly lacks: readonly string[];
}

/** Puts objects of every sort. Properties that the store refuses are left out, and named. */
export async function fill(witness: RawS3, bucket: string, { short }: { short: boolean }): Promise<Filled> {
  const lacks = new Set<string>();
  const owner = field((await sendOk(witness, { path: `/${bucket}?acl=` })).body.toString(), "ID");
  let objects = 0;
  await inParallel(wantedObjects(short), async (wanted) => {
    for (const dress of [wanted.dress, DRESSES[0] as Dress]) {
      const refused = await tryPut(witness, bucket, { ...wanted, dress }, owner);
      if (refused === undefined) {
        objects += 1;
        return;
      }
      const what = dress.name === DRESSES[0]?.name ? `the key ${JSON.stringify(wanted.key.slice(0, 30))}` : dress.name;
      lacks.add(`${what}: ${refused}`);
    }
  });
  return { objects, lacks: [...lacks].sort() };
}

/** The answer of a store that refuses; undefined if it accepted the object. */
async function tryPut(witness: RawS3, bucket: string, wanted: Wanted, owner: string): Promise<string | undefined> {
  const { key, body, partBytes, dress } = wanted;
  const sha256 = { "x-amz-checksum-sha256": createHash("sha256").update(body).digest("base64") };
  const md5 = { "content-md5": createHash("md5").update(body).digest("base64") };
  const whole = partBytes === undefined ? { ...md5, ...(dress.checksum ? sha256 : {}) } : {};
  const headers = { "content-type": "application/octet-stream", ...dress.headers, ...whole };
  try {
    const parts = partBytes === undefined ? {} : { partBytes };
    await putObject(witness, bucket, { key, body, headers, tags: dress.tags ?? [], ...parts });
    const otherwise = await givenBackOtherwise(witness, bucket, key, dress);
    if (otherwise !== undefined || dress.readers === undefined) return otherwise;
    const xml = aclXml(owner, dress.readers);
    await sendOk(witness, { method: "PUT", path: pathOf(bucket, key, "?acl="), body: Buffer.from(xml) });
    return undefined;
  } catch (error) {
    return refusalIn((error as Error).message);
  }
}

const ASCII = /^[\u0020-\u007e]*$/;

/** A header that a server gives back in other bytes than it was put in is lost before any copy. */
async function givenBackOtherwise(witness: RawS3, bucket: string, key: string, { headers = {} }: Dress) {
  const asked = Object.entries(headers).filter(([, value]) => !ASCII.test(value));
  if (asked.length === 0) return undefined;
  const { headers: answer } = await witness.send({ method: "HEAD", path: pathOf(bucket, key) });
  const other = asked.find(([name, value]) => Buffer.from(answer[name] ?? "", "latin1").toString() !== value);
  return other === undefined ? undefined : `${other[0]} is given back in other bytes`;
}

/** Status and code of a refusal as `sendOk` words it. */
export function refusalIn(message: string): string {
  const status = / answered (\d+): /.exec(message)?.[1];
  if (status === undefined) return message.slice(0, 100);
  return `${status} ${/<Code>([^<]*)</.exec(message)?.[1] ?? ""}`.trim();
}

function aclXml(owner: string, readers: string): string {
  const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  const grants = [
    `<Grant><Grantee ${xsi} xsi:type="CanonicalUser"><ID>${owner}</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>`,
    `<Grant><Grantee ${xsi} xsi:type="Group"><URI>${readers}</URI></Grantee><Permission>READ_ACP</Permission></Grant>`,
  ];
  return `<AccessControlPolicy><Owner><ID>${owner}</ID></Owner><AccessControlList>${grants.join("")}</AccessControlList></AccessControlPolicy>`;
}

/** Bytes that differ from one object to the next, and from one part to the next. */
function filler(seed: number, bytes: number): Buffer {
  const body = Buffer.alloc(bytes, `${seed}/`);
  for (let at = 0; at + 4 <= bytes; at += 65_536) body.writeUInt32BE(at, at);
  return body;
}

export type SortName = keyof typeof SORTS;

/** A sort of bucket: how it is made, and what a migration of it is asked besides. */
export interface Sort {
  readonly headers?: Record<string, string>;
  readonly fill: (witness: RawS3, bucket: string, options: { readonly short: boolean }) => Promise<Filled>;
  readonly flags: readonly string[];
  /** How its noncurrent versions end. */
  readonly older: "none" | "purge" | "replay";
  /** The key of its objects under a customer key, given to the run in a file. */
  readonly customerKey?: Buffer;
}

const CUTOFF = ["--copy-cutoff", "64KiB"];
const LOCKS = { "x-amz-bucket-object-lock-enabled": "true" };
const CUSTOMER_KEY = randomBytes(32);

async function setVersioning(witness: RawS3, bucket: string, status: "Enabled" | "Suspended"): Promise<void> {
  const body = Buffer.from(`<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`);
  await sendOk(witness, { method: "PUT", path: `/${bucket}?versioning=`, body });
}

/** So many of them are not deleted. */
const HISTORIES = 5;

/** Keys with a history: plaintext beneath plaintext, beneath what is encrypted, under a delete marker, and brought back. */
async function writeHistory(witness: RawS3, bucket: string): Promise<void> {
  const put = (key: string, nth: number, headers: Record<string, string> = {}) =>
    sendOk(witness, {
      method: "PUT",
      path: pathOf(bucket, key),
      headers: { "content-type": `text/x-${nth}`, "x-amz-meta-nth": String(nth), ...headers },
      body: filler(nth, 200 + nth),
    });
  const remove = (key: string) => sendOk(witness, { method: "DELETE", path: pathOf(bucket, key) });
  const AES256 = { "x-amz-server-side-encryption": "AES256" };
  const tags = { "x-amz-tagging": "version=second" };
  for (const key of ["history/plain a+b", "history/é"]) {
    await put(key, 1);
    await put(key, 2, tags);
    await put(key, 3);
  }
  await put("history/encrypted on top", 1);
  await put("history/encrypted on top", 2, AES256);
  await put("history/encrypted beneath", 1, AES256);
  await put("history/encrypted beneath", 2);
  await put("history/deleted", 1);
  await remove("history/deleted");
  await put("history/brought back", 1);
  await remove("history/brought back");
  await put("history/brought back", 2);
}

async function fillVersioned(witness: RawS3, bucket: string, options: { readonly short: boolean }): Promise<Filled> {
  await setVersioning(witness, bucket, "Enabled");
  await writeHistory(witness, bucket);
  const { objects, lacks } = await fill(witness, bucket, options);
  return { objects: objects + HISTORIES, lacks };
}

async function fillReplayed(witness: RawS3, bucket: string): Promise<Filled> {
  await setVersioning(witness, bucket, "Enabled");
  await writeHistory(witness, bucket);
  return { objects: HISTORIES, lacks: [] };
}

/** Some null versions beneath versions with an id, some above them. */
async function fillSuspended(witness: RawS3, bucket: string): Promise<Filled> {
  const put = (key: string, nth: number) =>
    sendOk(witness, { method: "PUT", path: pathOf(bucket, key), body: filler(nth, 300 + nth) });
  await put("null beneath", 1);
  await put("null alone", 1);
  await setVersioning(witness, bucket, "Enabled");
  await writeHistory(witness, bucket);
  await put("null beneath", 2);
  await put("null above", 1);
  await setVersioning(witness, bucket, "Suspended");
  await put("null above", 2);
  await put("null of its own", 1);
  return { objects: HISTORIES + 4, lacks: [] };
}

/** Under retention, under a hold, and free. The locks end within the hour, and can be lifted. */
async function fillLocked(witness: RawS3, bucket: string): Promise<Filled> {
  const until = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, "");
  const retention = { "x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": until };
  const hold = { "x-amz-object-lock-legal-hold": "ON" };
  const put = (key: string, nth: number, headers: Record<string, string>) => {
    const body = filler(nth, 400 + nth);
    const md5 = createHash("md5").update(body).digest("base64");
    return sendOk(witness, {
      method: "PUT",
      path: pathOf(bucket, key),
      headers: { ...headers, "content-md5": md5 },
      body,
    });
  };
  await put("retained", 1, { ...retention, "x-amz-meta-kept": "by law" });
  await put("held", 1, hold);
  await put("retained and held", 1, { ...retention, ...hold, "x-amz-tagging": "lock=both" });
  await put("free", 1, {});
  await put("locked beneath", 1, retention);
  await put("locked beneath", 2, {});
  return { objects: 5, lacks: [] };
}

async function fillUnderKeys(witness: RawS3, bucket: string): Promise<Filled> {
  const headers = customerKeyHeaders(CUSTOMER_KEY);
  for (const [key, bytes] of [
    ["small", 900],
    ["empty", 0],
    ["above the cutoff", 70_000],
    ["a+b é", 10],
  ] as const) {
    const dress = { "x-amz-meta-raw": key === "small" ? "kept" : "", "content-type": "text/x-vault" };
    await sendOk(witness, {
      method: "PUT",
      path: pathOf(bucket, key),
      headers: { ...headers, ...dress },
      body: filler(bytes, bytes),
    });
  }
  await sendOk(witness, { method: "PUT", path: pathOf(bucket, "plain"), body: filler(1, 100) });
  return { objects: 5, lacks: [] };
}

/** Nothing that a server could refuse: some keys, metadata and tags, some above every cutoff, some empty. */
export async function fillOrdinary(witness: RawS3, bucket: string): Promise<void> {
  const sizes = [0, 10, 3000, 70_000, 200_000];
  await inParallel(Array.from({ length: 24 }).keys(), async (nth) => {
    const headers = { "content-type": "text/plain", "x-amz-meta-nth": String(nth) };
    const body = filler(nth, (sizes[nth % sizes.length] ?? 0) && (sizes[nth % sizes.length] ?? 0) + nth);
    const tags = nth % 3 === 0 ? ([["nth", String(nth)]] as const) : [];
    await putObject(witness, bucket, { key: `ordinary/${nth} a+b é`, body, headers, tags });
  });
}

export const SORTS = {
  plain: { fill, flags: [...CUTOFF, "--set-default"], older: "none" },
  "in parts": { fill, flags: ["--copy-cutoff", "1KiB", "--rewrite-below", "0"], older: "none" },
  versioned: { fill: fillVersioned, flags: CUTOFF, older: "purge" },
  "versioned with a history": { fill: fillReplayed, flags: CUTOFF, older: "replay" },
  suspended: { fill: fillSuspended, flags: CUTOFF, older: "purge" },
  locked: { headers: LOCKS, fill: fillLocked, flags: CUTOFF, older: "purge" },
  "under customer keys": { fill: fillUnderKeys, flags: CUTOFF, older: "none", customerKey: CUSTOMER_KEY },
} as const satisfies Readonly<Record<string, Sort>>;
