import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { keyId } from "./key-id.js";
import { keyKindOf } from "./key-kind.js";
import { pemLabels } from "./pem-labels.js";

/** A public key that signatures are checked with. */
export interface PublicKey {
  /** The SHA-256 of it. */
  readonly keyid: string;
  readonly verifies: (bytes: Uint8Array, signature: Uint8Array) => boolean;
}

export type ParsedPublicKey =
  | { readonly kind: "key"; readonly key: PublicKey }
  /** In words that hold nothing of what was given. */
  | { readonly kind: "bad"; readonly why: string };

const bad = (why: string): ParsedPublicKey => ({ kind: "bad", why });

/** An Ed25519 or ECDSA P-256 public key in PEM. */
export function parsePublicKey(pem: Buffer): ParsedPublicKey {
  const labels = pemLabels(pem.toString("latin1"));
  if (labels.some((label) => label.endsWith("PRIVATE KEY"))) {
    return bad(
      "it holds a private key, which is nobody's but its owner's: openssl pkey -in FILE -pubout prints the public one",
    );
  }
  if (labels.includes("CERTIFICATE")) {
    return bad("it is a certificate: openssl x509 -in FILE -noout -pubkey prints the public key in it");
  }
  const key = labels.includes("PUBLIC KEY") ? publicKey(pem) : null;
  if (key === null) return bad("it is no public key in PEM, which begins with -----BEGIN PUBLIC KEY-----");
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
