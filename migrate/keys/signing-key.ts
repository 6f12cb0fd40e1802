import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readSecretFile, readSecretText } from "./key-files.js";

/**
 * A private key. It is kept in a closure, so that printing, logging or serialising this object reveals
 * nothing of it.
 */
export interface Signer {
  /** The SHA-256 of its public key. */
  readonly keyid: string;
  readonly sign: (bytes: Uint8Array) => Buffer;
}

type ParsedSigner =
  | { readonly kind: "signer"; readonly signer: Signer }
  /** The reason, without any part of the input. */
  | { readonly kind: "bad"; readonly why: string };

const MAKE_ONE = "openssl genpkey -algorithm ed25519 creates one";
const bad = (why: string): ParsedSigner => ({ kind: "bad", why });

/** Parses an Ed25519 or ECDSA P-256 private key in PEM, with its passphrase if it has one. */
export function parseSigningKey(pem: Buffer, passphrase: string | null): ParsedSigner {
  const text = pem.toString("latin1");
  const problem = problemOf(pemLabels(text));
  if (problem !== null) return bad(problem);
  const isEncrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);
  if (isEncrypted && passphrase === null) {
    return bad(
      "it needs its passphrase: give --sign-passphrase-file, or BUCKETSEAL_SIGN_PASSPHRASE in the environment",
    );
  }
  const key = privateKey(pem, isEncrypted ? passphrase : null);
  if (key === null) {
    return bad(isEncrypted ? "the passphrase does not open it, or it is damaged" : "its PEM contains no readable key");
  }
  return signerOf(key);
}

function problemOf(labels: readonly string[]): string | null {
  if (labels.some((label) => /^(EC |ENCRYPTED |RSA |DSA )?PRIVATE KEY$/.test(label))) return null;
  const [label] = labels;
  if (label === undefined) return `it is not PEM, which begins with -----BEGIN PRIVATE KEY-----: ${MAKE_ONE}`;
  if (label === "PUBLIC KEY" || label === "CERTIFICATE")
    return "it contains only a public key, and signing needs the private key";
  if (/SIGSTORE|COSIGN/.test(label)) return `it is encrypted in cosign's own format: ${MAKE_ONE}`;
  return `it contains "${label}", not a private key in PKCS #8 or SEC 1: ${MAKE_ONE}`;
}

/** OpenSSL's error about an unreadable key is not reported, so that no part of the key is. */
function privateKey(pem: Buffer, passphrase: string | null): KeyObject | null {
  try {
    return createPrivateKey({ key: pem, format: "pem", ...(passphrase === null ? {} : { passphrase }) });
  } catch {
    return null;
  }
}

function signerOf(key: KeyObject): ParsedSigner {
  const found = keyKindOf(key);
  if (found.kind === "other") return bad(`it is a key for ${found.what}: give one for Ed25519 or ECDSA P-256`);
  const keyid = keyId(createPublicKey(key));
  return { kind: "signer", signer: { keyid, sign: (bytes) => sign(found.hash, bytes, key) } };
}

/** Reads a private key from a file that nobody else can read. */
async function readSigningKey(path: string, passphrase: string | null): Promise<ParsedSigner> {
  const file = await readSecretFile(path);
  if (file.kind === "bad") return file;
  const parsed = parseSigningKey(file.bytes, passphrase);
  return parsed.kind === "signer" && file.tooOpen !== null ? { kind: "bad", why: file.tooOpen } : parsed;
}

/** The key that signs the manifest. */
export interface SignOptions {
  /**
   * Path of a file with an Ed25519 or ECDSA P-256 private key in PEM, which nobody else may read. The
   * manifest is signed with it.
   * @default none: the run folder is not signed
   */
  readonly sign?: string | undefined;
  /**
   * Path of a file with the key's passphrase, which nobody else may read. A line break at its end is ignored.
   */
  readonly signPassphraseFile?: string | undefined;
  /** The key's passphrase itself. Used only if the key needs one. */
  readonly signPassphrase?: string | undefined;
}

/**
 * Reads the signing key from its file; `null` if none was requested. Adds problems with the file to
 * `problems`, prefixed with the name of the option that `sign` was given with.
 */
export async function resolveSigner(
  given: SignOptions,
  problems: string[],
  name: "--sign" | "--key" = "--sign",
): Promise<Signer | null> {
  const { sign, signPassphraseFile } = given;
  if (sign === undefined) {
    if (signPassphraseFile !== undefined) {
      problems.push(`--sign-passphrase-file belongs to ${name}: give both, or neither`);
    }
    return null;
  }
  if (sign.includes("-----BEGIN")) {
    problems.push(`${name}: this looks like the key itself: give the path of its file`);
    return null;
  }
  const passphrase = await passphraseOf(given, problems);
  if (passphrase === undefined) return null;
  const parsed = await readSigningKey(sign, passphrase);
  if (parsed.kind === "signer") return parsed.signer;
  problems.push(`${name}: "${sign}" cannot be used: ${parsed.why}`);
  return null;
}

/** Undefined if the file is unusable. */
async function passphraseOf(given: SignOptions, problems: string[]): Promise<string | null | undefined> {
  const { signPassphraseFile: path, signPassphrase } = given;
  return path === undefined ? (signPassphrase ?? null) : readSecretText(path, "--sign-passphrase-file", problems);
}

/** The labels of the blocks in a PEM text, for example `PRIVATE KEY`. */
export function pemLabels(text: string): readonly string[] {
  return [...text.matchAll(/^-----BEGIN ([A-Z0-9 ]{1,64})-----\s*$/gm)].map(([, label = ""]) => label);
}

type KeyKind =
  /** `hash` is the digest to apply before signing; Ed25519 hashes by itself. */
  | { readonly kind: "usable"; readonly hash: "sha256" | null }
  /** The type of the key, in a word or two. */
  | { readonly kind: "other"; readonly what: string };

export function keyKindOf(key: KeyObject): KeyKind {
  const { asymmetricKeyType: type = "secret", asymmetricKeyDetails: details } = key;
  if (type === "ed25519") return { kind: "usable", hash: null };
  if (type !== "ec") return { kind: "other", what: type.toUpperCase() };
  if (details?.namedCurve === "prime256v1") return { kind: "usable", hash: "sha256" };
  return { kind: "other", what: `the curve ${details?.namedCurve ?? "of no name"}` };
}

/** The SHA-256 of a public key: `openssl pkey -pubin -in FILE -outform DER | sha256sum` prints it too. */
export function keyId(publicKey: KeyObject): string {
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
}
