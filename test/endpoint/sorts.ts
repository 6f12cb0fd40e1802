import { createHash, randomBytes } from "node:crypto";
import { customerKeyHeaders } from "../buckets/customer-key.js";
import { inParallel } from "../buckets/in-parallel.js";
import { putObject } from "../buckets/put-object.js";
import { pathOf, type RawS3, sendOk } from "../buckets/raw-s3.js";
import { type Filled, fill, filler } from "./contents.js";

export type SortName = keyof typeof SORTS;

/** A sort of bucket: how it is made, and what a migration of it is asked besides. */
export interface Sort {
  readonly headers?: Record<string, string>;
  readonly fill: (witness: RawS3, bucket: string, options: { readonly short: boolean }) => Promise<Filled>;
  readonly flags: readonly string[];
  /** What happens to its older versions in the end. */
  readonly older: "none" | "purge" | "replay";
  /** Of its objects under a customer key, given to the run in a file. */
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
