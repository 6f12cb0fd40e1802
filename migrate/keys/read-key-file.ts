import { looksLikeKey, type ParsedKey, parseKey } from "./parse-key.js";
import { readSecretFile } from "./read-secret-file.js";

export const LOOKS_LIKE_KEY = "what looks like a key itself stands where the path of its file belongs";

/** Reads a file that holds one key and that nobody else can read. `given` is the path as it was written. */
export async function readKeyFile(path: string, given = path): Promise<ParsedKey> {
  if (looksLikeKey(given)) return { kind: "bad", why: LOOKS_LIKE_KEY };
  const file = await readSecretFile(path);
  if (file.kind === "bad") return file;
  const parsed = parseKey(file.bytes);
  return parsed.kind === "key" && file.tooOpen !== null ? { kind: "bad", why: file.tooOpen } : parsed;
}
