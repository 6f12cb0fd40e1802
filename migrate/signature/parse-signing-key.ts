import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { keyId } from "./key-id.js";
import { keyKindOf } from "./key-kind.js";
import { pemLabels } from "./pem-labels.js";

/** A private key. It is in a closure, so that nothing of it shows where it is printed, logged or written as JSON. */
export interface Signer {
  /** The SHA-256 of its public key. */
  readonly keyid: string;
  readonly sign: (bytes: Uint8Array) => Buffer;
}

export type ParsedSigner =
  | { readonly kind: "signer"; readonly signer: Signer }
  /** In words that hold nothing of what was given. */
  | { readonly kind: "bad"; readonly why: string };

const MAKE_ONE = "openssl genpkey -algorithm ed25519 makes one";
const bad = (why: string): ParsedSigner => ({ kind: "bad", why });

/** An Ed25519 or ECDSA P-256 private key in PEM, with its passphrase where it has one. */
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
    return bad(
      isEncrypted ? "the passphrase does not open it, or it is damaged" : "its PEM holds no key that can be read",
    );
  }
  return signerOf(key);
}

function problemOf(labels: readonly string[]): string | null {
  if (labels.some((label) => /^(EC |ENCRYPTED |RSA |DSA )?PRIVATE KEY$/.test(label))) return null;
  const [label] = labels;
  if (label === undefined) return `it is no PEM, which begins with -----BEGIN PRIVATE KEY-----: ${MAKE_ONE}`;
  if (label === "PUBLIC KEY" || label === "CERTIFICATE")
    return "it holds a public key alone, and signing takes the private one";
  if (/SIGSTORE|COSIGN/.test(label)) return `it is encrypted in a way that is cosign's own: ${MAKE_ONE}`;
  return `it holds "${label}", and not a private key in PKCS #8 or SEC 1: ${MAKE_ONE}`;
}

/** What OpenSSL says of a key that it cannot read is not told: nothing of it is to get anywhere. */
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
