import type { KeyObject } from "node:crypto";

export type KeyKind =
  /** `hash` is what is made of the bytes before they are signed; Ed25519 does that itself. */
  | { readonly kind: "usable"; readonly hash: "sha256" | null }
  /** What the key is, in a word or two. */
  | { readonly kind: "other"; readonly what: string };

export function keyKindOf(key: KeyObject): KeyKind {
  const { asymmetricKeyType: type = "secret", asymmetricKeyDetails: details } = key;
  if (type === "ed25519") return { kind: "usable", hash: null };
  if (type !== "ec") return { kind: "other", what: type.toUpperCase() };
  if (details?.namedCurve === "prime256v1") return { kind: "usable", hash: "sha256" };
  return { kind: "other", what: `the curve ${details?.namedCurve ?? "of no name"}` };
}
