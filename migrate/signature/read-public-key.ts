import { readFile, stat } from "node:fs/promises";
import { type ParsedPublicKey, parsePublicKey } from "./parse-public-key.js";

const MAX_BYTES = 64 * 1024;

/** Reads a public key from its file. */
export async function readPublicKey(path: string): Promise<ParsedPublicKey> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return { kind: "bad", why: `it holds ${size} bytes, and no key does` };
    return parsePublicKey(await readFile(path));
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    return { kind: "bad", why: code === "ENOENT" ? "it does not exist" : `it cannot be read: ${code}` };
  }
}
