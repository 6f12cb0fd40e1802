import { createHash } from "node:crypto";
import { inParallel } from "../buckets/async-items.js";
import { customerKeyHeaders } from "../buckets/mixed-objects.js";
import { pathOf, type RawAnswer, type RawS3, sendOk } from "../buckets/raw-s3.js";

/** One version of an object as the witness reads it. */
export interface Seen {
  readonly key: string;
  /** "null" if the bucket was never versioned. */
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isMarker: boolean;
  /** The status of GET. */
  readonly status: number;
  readonly bodySha256: string;
  /** "none", "AES256", "aws:kms", or "SSE-C" if only a customer key opens it. */
  readonly encryption: string;
  readonly etag: string;
  /** By the name that a difference of them has. */
  readonly marks: Readonly<Record<string, string>>;
  readonly checksums: Readonly<Record<string, string>>;
}

export type Snapshot = readonly Seen[];

const KEPT =
  /^(content-(type|encoding|language|disposition|length)|cache-control|expires|x-amz-(meta-.*|storage-class|website-redirect-location|object-lock-.*|missing-meta))$/;
const CHECKSUM = /^x-amz-checksum-(?!type|mode)(.*)$/;

/** Every version of every object of a bucket, and the multipart uploads that are open in it. */
export async function takeSnapshot(
  witness: RawS3,
  bucket: string,
  keys: readonly Buffer[] = [],
): Promise<{ readonly versions: Snapshot; readonly uploads: readonly string[] }> {
  const entries = await listVersions(witness, bucket);
  const versioned = entries.some(({ versionId, isMarker }) => versionId !== "null" || isMarker);
  const seen: Seen[] = [];
  await inParallel(entries.keys(), async (index) => {
    const entry = entries[index] as Entry;
    seen[index] = entry.isMarker ? markerOf(entry) : await read(witness, bucket, entry, versioned, keys);
  });
  return { versions: seen, uploads: await listUploads(witness, bucket) };
}

interface Entry {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isMarker: boolean;
}

export async function listVersions(witness: RawS3, bucket: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  let from = "";
  for (let page = 0; page < 1000; page += 1) {
    const { body } = await sendOk(witness, { path: `/${bucket}?encoding-type=url&versions=${from}` });
    const xml = body.toString();
    const decode = decoderOf(xml);
    for (const [, tag, text = ""] of xml.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)) {
      const key = decode(field(text, "Key"));
      const isLatest = field(text, "IsLatest") === "true";
      entries.push({ key, versionId: field(text, "VersionId") || "null", isLatest, isMarker: tag === "DeleteMarker" });
    }
    if (field(xml, "IsTruncated") !== "true") return entries;
    const marker = encodeURIComponent(decode(field(xml, "NextKeyMarker")));
    from = `&key-marker=${marker}&version-id-marker=${encodeURIComponent(field(xml, "NextVersionIdMarker"))}`;
  }
  throw new Error(`the listing of versions of ${bucket} does not end`);
}

async function listUploads(witness: RawS3, bucket: string): Promise<string[]> {
  const { body } = await sendOk(witness, { path: `/${bucket}?uploads=` });
  return [...body.toString().matchAll(/<UploadId>(.*?)<\/UploadId>/g)].map(([, id]) => plainText(id ?? ""));
}

async function read(
  witness: RawS3,
  bucket: string,
  entry: Entry,
  versioned: boolean,
  keys: readonly Buffer[],
): Promise<Seen> {
  const at = (parameters: string) => {
    const query = [parameters, versioned ? `versionId=${encodeURIComponent(entry.versionId)}` : ""].filter(Boolean);
    return pathOf(bucket, entry.key, query.length === 0 ? "" : `?${query.sort().join("&")}`);
  };
  const got = await open(witness, at(""), keys);
  const { headers } = got.answer.status === 403 ? await witness.send({ method: "HEAD", path: at("") }) : got.answer;
  const names = Object.keys(headers);
  const kept = names.filter((name) => KEPT.test(name) && headers[name] !== UNSAID[name]);
  const marks = kept.map((name) => [RENAMED[name] ?? name, asWritten(name, headers[name])]);
  const checksums = names.flatMap((name) => (CHECKSUM.test(name) ? [[CHECKSUM.exec(name)?.[1], headers[name]]] : []));
  const [tags, acl] = [await witness.send({ path: at("tagging=") }), await witness.send({ path: at("acl=") })];
  const { status, body } = got.answer;
  return {
    ...entry,
    status,
    bodySha256: status === 200 ? createHash("sha256").update(body).digest("hex") : "",
    encryption: got.underKey ? "SSE-C" : (headers["x-amz-server-side-encryption"] ?? "none"),
    etag: (headers.etag ?? "").replaceAll('"', ""),
    marks: { ...Object.fromEntries(marks), tags: tagsOf(tags), "access control list": grantsOf(acl) },
    checksums: Object.fromEntries(checksums),
  };
}

async function open(witness: RawS3, path: string, keys: readonly Buffer[]) {
  const headers = { "x-amz-checksum-mode": "ENABLED" };
  let answer = await witness.send({ path, headers });
  for (const key of answer.status === 400 ? keys : []) {
    const opened = await witness.send({ path, headers: { ...headers, ...customerKeyHeaders(key) } });
    if (opened.status < 300) return { answer: opened, underKey: true };
    answer = opened;
  }
  return { answer, underKey: answer.headers["x-amz-server-side-encryption-customer-algorithm"] !== undefined };
}

const RENAMED: Readonly<Record<string, string>> = {
  "content-length": "size",
  "x-amz-storage-class": "storage class",
  "x-amz-website-redirect-location": "website redirect",
  "x-amz-object-lock-mode": "lock mode",
  "x-amz-object-lock-retain-until-date": "retain until",
  "x-amz-object-lock-legal-hold": "legal hold",
  "x-amz-missing-meta": "hidden metadata",
};

/** Values that mean the same as no header. */
const UNSAID: Readonly<Record<string, string>> = {
  "x-amz-storage-class": "STANDARD",
  "x-amz-object-lock-legal-hold": "OFF",
};

/** The same instant is written with and without fractions of a second. */
function asWritten(name: string, value = ""): string {
  if (name === "x-amz-object-lock-retain-until-date") {
    return new Date(value.replace(/(\.\d{3})\d+/, "$1")).toISOString();
  }
  return value;
}

function tagsOf({ status, body }: RawAnswer): string {
  if (status !== 200) return status === 404 ? "" : `unreadable: ${status}`;
  const tags = [...body.toString().matchAll(/<Tag>(.*?)<\/Tag>/gs)].map(
    ([, tag = ""]) => `${field(tag, "Key")}=${field(tag, "Value")}`,
  );
  return tags.sort().join(" & ");
}

function grantsOf({ status, body }: RawAnswer): string {
  if (status !== 200) return `unreadable: ${status}`;
  const grants = [...body.toString().matchAll(/<Grant>(.*?)<\/Grant>/gs)].map(([, grant = ""]) => {
    const grantee = field(grant, "ID") || field(grant, "URI") || field(grant, "EmailAddress");
    return `${field(grant, "Permission")} ${grantee}`;
  });
  return grants.sort().join(", ");
}

function markerOf(entry: Entry): Seen {
  return { ...entry, status: 405, bodySha256: "", encryption: "none", etag: "", marks: {}, checksums: {} };
}

export function field(xml: string, name: string): string {
  return plainText(new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "");
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function plainText(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? all;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

/** The store treats its keys as its listing shows them. */
function decoderOf(xml: string): (text: string) => string {
  if (field(xml, "EncodingType") !== "url") return (text) => text;
  return (text) => decodeURIComponent(text.replaceAll("+", " "));
}
