import { readSecretFile } from "../keys/read-secret-file.js";
import type { Signer } from "./parse-signing-key.js";
import { readSigningKey } from "./read-signing-key.js";

/** With what a manifest is to be signed. */
export interface SignOptions {
  /**
   * A file that nobody else may read, with an Ed25519 or ECDSA P-256 private key in PEM: the manifest is signed with it.
   * @default none: the run folder is not signed
   */
  readonly sign?: string | undefined;
  /** The file of the key's passphrase, which nobody else may read. A line break at its end is no part of it. */
  readonly signPassphraseFile?: string | undefined;
  /** The key's passphrase itself. Taken only where the key needs one. */
  readonly signPassphrase?: string | undefined;
}

/**
 * The key to sign with, read from its file; `null` where none was asked for. What cannot be used is added to the problems, by the
 * name of the option that `sign` was given by.
 */
export async function resolveSigner(
  given: SignOptions,
  problems: string[],
  name: "--sign" | "--key" = "--sign",
): Promise<Signer | null> {
  const { sign, signPassphraseFile } = given;
  if (sign === undefined) {
    if (signPassphraseFile !== undefined) {
      problems.push(`--sign-passphrase-file opens the key of ${name}: give both, or neither`);
    }
    return null;
  }
  if (sign.includes("-----BEGIN")) {
    problems.push(`${name}: what looks like a key itself stands where the path of its file belongs`);
    return null;
  }
  const passphrase = await passphraseOf(given, problems);
  if (passphrase === undefined) return null;
  const parsed = await readSigningKey(sign, passphrase);
  if (parsed.kind === "signer") return parsed.signer;
  problems.push(`${name}: "${sign}" cannot be used: ${parsed.why}`);
  return null;
}

/** Undefined where its file cannot be used. */
async function passphraseOf(given: SignOptions, problems: string[]): Promise<string | null | undefined> {
  const { signPassphraseFile: path, signPassphrase } = given;
  if (path === undefined) return signPassphrase ?? null;
  const file = await readSecretFile(path);
  const why = file.kind === "bad" ? file.why : file.tooOpen;
  if (file.kind === "read" && why === null) return file.bytes.toString("utf8").replace(/\r?\n$/, "");
  problems.push(`--sign-passphrase-file: "${path}" cannot be used: ${why}`);
  return undefined;
}
