import { createHash, randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { platform } from "node:os";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import type { CustomerKey } from "../model/encryption.js";
import { countOf } from "../model/text.js";
import { customerKey, KEY_BYTES, type RingEntry } from "./customer-key.js";

/** Reads one key for all objects, or a JSON map from prefixes of object names to keys. */
export async function readKeyEntries(path: string): Promise<KeyEntries> {
  if (looksLikeKey(path)) return badEntries(LOOKS_LIKE_KEY);
  const file = await readSecretFile(path);
  if (file.kind === "bad") return badEntries(file.why);
  return isMap(file.bytes) ? readKeyMap(file, dirname(path)) : keyForAll(file);
}

/** A key of 32 bytes may begin like a map, but no map that names a key is that short. */
function isMap(bytes: Buffer): boolean {
  return bytes.length !== KEY_BYTES && bytes.toString("latin1").trimStart().startsWith("{");
}

function keyForAll({ bytes, tooOpen }: Extract<SecretFile, { kind: "read" }>): KeyEntries {
  const parsed = parseKey(bytes);
  if (parsed.kind === "bad") return badEntries(parsed.why);
  return tooOpen === null ? { kind: "read", entries: [{ prefix: "", key: parsed.key }] } : badEntries(tooOpen);
}

const LOOKS_LIKE_KEY = "this looks like the key itself: give the path of its file";

/** Reads a key file that nobody else can read. `given` is the path as the user wrote it. */
export async function readKeyFile(path: string, given = path): Promise<ParsedKey> {
  if (looksLikeKey(given)) return { kind: "bad", why: LOOKS_LIKE_KEY };
  const file = await readSecretFile(path);
  if (file.kind === "bad") return file;
  const parsed = parseKey(file.bytes);
  return parsed.kind === "key" && file.tooOpen !== null ? { kind: "bad", why: file.tooOpen } : parsed;
}

const inFile = z.strictObject({ file: z.string().min(1) });
const inline = z.strictObject({ base64: z.string() });

/**
 * Reads a JSON object with an entry per prefix: `{ "file": PATH }`, relative to the map's folder, or
 * `{ "base64": KEY }`. Errors name entries by number, because any text in them may be a misplaced key.
 */
async function readKeyMap(
  { bytes, tooOpen }: Extract<SecretFile, { kind: "read" }>,
  folder: string,
): Promise<KeyEntries> {
  const map = parseObject(bytes);
  if (map === null) return badEntries("it looks like a map of keys, but is not valid JSON");
  const values = Object.values(map);
  if (values.length === 0) return badEntries("it is a map without entries");
  const keys = await Promise.all(values.map((value) => keyOfEntry(value, folder)));
  const problems = keys.flatMap((parsed, index) =>
    parsed.kind === "bad" ? [`entry ${index + 1} of the map: ${parsed.why}`] : [],
  );
  const holdsKeys = values.some((value) => inline.safeParse(value).success);
  if (holdsKeys && tooOpen !== null) problems.unshift(tooOpen);
  if (problems.length > 0) return badEntries(...problems);
  const prefixes = Object.keys(map);
  return {
    kind: "read",
    entries: keys.flatMap((parsed, index) =>
      parsed.kind === "key" ? [{ prefix: prefixes[index] ?? "", key: parsed.key }] : [],
    ),
  };
}

async function keyOfEntry(value: unknown, folder: string): Promise<ParsedKey> {
  const given = inline.safeParse(value);
  if (given.success) return parseBase64(given.data.base64);
  const named = inFile.safeParse(value);
  if (!named.success) return { kind: "bad", why: 'it is neither { "file": PATH } nor { "base64": KEY }' };
  const parsed = await readKeyFile(resolve(folder, named.data.file), named.data.file);
  return parsed.kind === "bad" ? { kind: "bad", why: `the file that it names: ${parsed.why}` } : parsed;
}

/** JSON.parse quotes the invalid text in its error, so the error is not reported. */
function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
  } catch {
    return null;
  }
}

type ParsedKey =
  | { readonly kind: "key"; readonly key: CustomerKey }
  /** The reason, without any part of the input. */
  | { readonly kind: "bad"; readonly why: string };

const BASE64_OF_A_KEY = /^[A-Za-z0-9+/]{43}=$/;
const HEX_OF_A_KEY = /^[0-9A-Fa-f]{64}$/;

/**
 * Accepts 32 raw bytes, as written by `bucketseal keygen`, or their base64, as written by
 * `openssl rand -base64 32`.
 */
function parseKey(bytes: Buffer): ParsedKey {
  if (bytes.length === KEY_BYTES) return { kind: "key", key: customerKey(bytes) };
  const text = bytes.toString("latin1").trim();
  if (BASE64_OF_A_KEY.test(text)) return parseBase64(text);
  return {
    kind: "bad",
    why: `it has ${countOf(bytes.length, "byte")}: a key is ${KEY_BYTES} raw bytes, or their base64`,
  };
}

function parseBase64(text: string): ParsedKey {
  const bytes = Buffer.from(text, "base64");
  const isKey = BASE64_OF_A_KEY.test(text) && bytes.toString("base64") === text;
  if (isKey) return { kind: "key", key: customerKey(bytes) };
  return { kind: "bad", why: `it is not the base64 of ${KEY_BYTES} bytes` };
}

/** Whether a user gave a key instead of the path of its file. Errors must not repeat it. */
export function looksLikeKey(text: string): boolean {
  return BASE64_OF_A_KEY.test(text.trim()) || HEX_OF_A_KEY.test(text.trim());
}

type KeyEntries =
  | { readonly kind: "read"; readonly entries: readonly RingEntry[] }
  /** The reasons, without any part of the file: even invalid contents may be a misplaced key. */
  | { readonly kind: "bad"; readonly problems: readonly string[] };

function badEntries(...problems: readonly string[]): KeyEntries {
  return { kind: "bad", problems };
}

/** More than any key map needs, so that a wrong file is rejected before it is read. */
const MAX_BYTES = 4 * 1024 * 1024;

export type SecretFile =
  | {
      readonly kind: "read";
      readonly bytes: Buffer;
      /** Why the file should not contain a secret; `null` if it may. */
      readonly tooOpen: string | null;
    }
  /** The reason, without the path or any part of the contents. */
  | { readonly kind: "bad"; readonly why: string };

/** Reads a file that may contain key material, and checks whether others can read it too. */
export async function readSecretFile(path: string): Promise<SecretFile> {
  try {
    await using file = await open(path, "r");
    const stats = await file.stat();
    if (stats.isDirectory()) return { kind: "bad", why: "it is a folder" };
    if (stats.size > MAX_BYTES) return { kind: "bad", why: `it has ${countOf(stats.size, "byte")}, and a key has 32` };
    // A pipe, for example from a shell's `<(...)`, is private.
    const tooOpen = stats.isFile() ? readableByOthers(stats.mode) : null;
    return { kind: "read", bytes: await file.readFile(), tooOpen };
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    return { kind: "bad", why: code === "ENOENT" ? "it does not exist" : `it cannot be read: ${code}` };
  }
}

/**
 * The text of a file that nobody else may read, without the line break at its end. Undefined if it cannot be used: then
 * `problems` has the reason, prefixed with the name of the option.
 */
export async function readSecretText(path: string, option: string, problems: string[]): Promise<string | undefined> {
  const file = await readSecretFile(path);
  const why = file.kind === "bad" ? file.why : file.tooOpen;
  if (file.kind === "read" && why === null) return file.bytes.toString("utf8").replace(/\r?\n$/, "");
  problems.push(`${option}: "${path}" cannot be used: ${why}`);
  return undefined;
}

/** The same rule as ssh's for private keys. Windows has no such modes, and reports 0666 for every file. */
function readableByOthers(mode: number): string | null {
  if (platform() === "win32" || (mode & 0o077) === 0) return null;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  return `its mode is ${octal}, so others can read it: run chmod 600 on it`;
}

export interface KeyFile {
  readonly path: string;
  /** Base64, as in `x-amz-server-side-encryption-customer-key-MD5`; reveals nothing about the key. */
  readonly md5: string;
}

/**
 * Writes a new 256-bit SSE-C key: 32 random raw bytes, readable only by their owner. Rejects if the file
 * exists, since a lost key means lost objects.
 * @throws NodeJS.ErrnoException with code EEXIST, or with the reason why the file cannot be written
 */
export async function createKeyFile(path: string): Promise<KeyFile> {
  const key = randomBytes(KEY_BYTES);
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(key);
  await file.sync();
  return { path, md5: createHash("md5").update(key).digest("base64") };
}
