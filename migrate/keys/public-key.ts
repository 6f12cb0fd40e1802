import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { countOf } from "../model/text.js";
import { keyId, keyKindOf, pemLabels } from "./signing-key.js";

/** A public key that verifies signatures. */
export interface PublicKey {
  /** The SHA-256 of the key. */
  readonly keyid: string;
  readonly verifies: (bytes: Uint8Array, signature: Uint8Array) => boolean;
}

type ParsedPublicKey =
  | { readonly kind: "key"; readonly key: PublicKey }
  /** The reason, without any part of the input. */
  | { readonly kind: "bad"; readonly why: string };

const bad = (why: string): ParsedPublicKey => ({ kind: "bad", why });

/** Parses an Ed25519 or ECDSA P-256 public key in PEM. */
export function parsePublicKey(pem: Buffer): ParsedPublicKey {
  const labels = pemLabels(pem.toString("latin1"));
  if (labels.some((label) => label.endsWith("PRIVATE KEY"))) {
    return bad(
      "it contains a private key, which belongs only to its owner: openssl pkey -in FILE -pubout prints the public key",
    );
  }
  if (labels.includes("CERTIFICATE")) {
    return bad("it is a certificate: openssl x509 -in FILE -noout -pubkey prints the public key in it");
  }
  const key = labels.includes("PUBLIC KEY") ? publicKey(pem) : null;
  if (key === null) return bad("it is not a public key in PEM, which begins with -----BEGIN PUBLIC KEY-----");
  const found = keyKindOf(key);
  if (found.kind === "other") return bad(`it is a key for ${found.what}: give one for Ed25519 or ECDSA P-256`);
  const verifies = (bytes: Uint8Array, signature: Uint8Array) => verify(found.hash, bytes, key, signature);
  return { kind: "key", key: { keyid: keyId(key), verifies } };
}

function publicKey(pem: Buffer): KeyObject | null {
  try {
    return createPublicKey({ key: pem, format: "pem" });
  } catch {
    return null;
  }
}

const MAX_BYTES = 64 * 1024;

/** Reads a public key from its file. An unreadable file or key is a result with `kind: "bad"`, not an error. */
export async function readPublicKey(path: string): Promise<ParsedPublicKey> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return { kind: "bad", why: `it has ${countOf(size, "byte")}, too many for a key` };
    return parsePublicKey(await readFile(path));
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    return { kind: "bad", why: code === "ENOENT" ? "it does not exist" : `it cannot be read: ${code}` };
  }
}

/** Reads the keys in these files. Adds a sentence to `problems` for each unusable file, and leaves its key out. */
export async function readPublicKeys(paths: readonly string[], problems: string[]): Promise<readonly PublicKey[]> {
  const read = await Promise.all(paths.map(async (path) => ({ path, parsed: await readPublicKey(path) })));
  problems.push(
    ...read.flatMap(({ path, parsed }) =>
      parsed.kind === "bad" ? [`--public-key: "${path}" cannot be used: ${parsed.why}`] : [],
    ),
  );
  return read.flatMap(({ parsed }) => (parsed.kind === "key" ? [parsed.key] : []));
}
