import { dirname } from "node:path";
import { KEY_BYTES } from "./customer-key.js";
import { badEntries, type KeyEntries } from "./key-entries.js";
import { looksLikeKey, parseKey } from "./parse-key.js";
import { LOOKS_LIKE_KEY } from "./read-key-file.js";
import { readKeyMap } from "./read-key-map.js";
import { readSecretFile, type SecretFile } from "./read-secret-file.js";

/** Reads one key for all objects, or a JSON map from prefixes of their names to keys. */
export async function readKeyEntries(path: string): Promise<KeyEntries> {
  if (looksLikeKey(path)) return badEntries(LOOKS_LIKE_KEY);
  const file = await readSecretFile(path);
  if (file.kind === "bad") return badEntries(file.why);
  return isMap(file.bytes) ? readKeyMap(file, dirname(path)) : keyForAll(file);
}

/** A key of 32 bytes may begin like a map, and no map that short names a key. */
function isMap(bytes: Buffer): boolean {
  return bytes.length !== KEY_BYTES && bytes.toString("latin1").trimStart().startsWith("{");
}

function keyForAll({ bytes, tooOpen }: Extract<SecretFile, { kind: "read" }>): KeyEntries {
  const parsed = parseKey(bytes);
  if (parsed.kind === "bad") return badEntries(parsed.why);
  return tooOpen === null ? { kind: "read", entries: [{ prefix: "", key: parsed.key }] } : badEntries(tooOpen);
}
