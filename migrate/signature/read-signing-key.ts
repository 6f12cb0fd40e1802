import { readSecretFile } from "../keys/read-secret-file.js";
import { type ParsedSigner, parseSigningKey } from "./parse-signing-key.js";

/** Reads a private key from a file that nobody else can read. */
export async function readSigningKey(path: string, passphrase: string | null): Promise<ParsedSigner> {
  const file = await readSecretFile(path);
  if (file.kind === "bad") return file;
  const parsed = parseSigningKey(file.bytes, passphrase);
  return parsed.kind === "signer" && file.tooOpen !== null ? { kind: "bad", why: file.tooOpen } : parsed;
}
