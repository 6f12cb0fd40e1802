import { createHash } from "node:crypto";
import type { CustomerKey } from "../model/encryption.js";
import { rememberSecret } from "../store/wire.js";

export const KEY_BYTES = 32;

export function customerKey(bytes: Uint8Array): CustomerKey {
  if (bytes.length !== KEY_BYTES) throw new RangeError(`a customer key is ${KEY_BYTES} bytes, not ${bytes.length}`);
  rememberSecret(bytes);
  const base64 = Buffer.from(bytes).toString("base64");
  const md5 = createHash("md5").update(bytes).digest("base64");
  const headersOf = (prefix: string) => ({
    [`${prefix}algorithm`]: "AES256",
    [`${prefix}key`]: base64,
    [`${prefix}key-md5`]: md5,
  });
  return {
    md5,
    headers: () => headersOf("x-amz-server-side-encryption-customer-"),
    sourceHeaders: () => headersOf("x-amz-copy-source-server-side-encryption-customer-"),
  };
}

export interface RingEntry {
  /** Prefix of the names of its objects; empty for all objects. */
  readonly prefix: string;
  readonly key: CustomerKey;
}

/** The customer keys of a run, by the names of the objects that they decrypt. */
export interface KeyRing {
  readonly entries: readonly RingEntry[];
  /** The keys to try on an object, in the given order: those with the longest matching prefix. */
  readonly keysFor: (name: string) => readonly CustomerKey[];
}

export function keyRing(entries: readonly RingEntry[]): KeyRing {
  const matching = (name: string) => entries.filter(({ prefix }) => name.startsWith(prefix));
  const keysFor = (name: string) => (entries.length === 0 ? [] : distinctKeys(longest(matching(name))));
  return { entries, keysFor };
}

export const NO_KEYS: KeyRing = keyRing([]);

function longest(matching: readonly RingEntry[]): readonly CustomerKey[] {
  const length = Math.max(...matching.map(({ prefix }) => prefix.length));
  return matching.filter(({ prefix }) => prefix.length === length).map(({ key }) => key);
}

/** Removes duplicates, keeping the first of each key. */
export function distinctKeys(keys: readonly CustomerKey[]): readonly CustomerKey[] {
  return keys.filter(({ md5 }, index) => keys.findIndex((other) => other.md5 === md5) === index);
}
