import type { CustomerKey } from "../model/encryption.js";
import { customerKey, KEY_BYTES } from "./customer-key.js";

export type ParsedKey =
  | { readonly kind: "key"; readonly key: CustomerKey }
  /** In words that hold nothing of what was given. */
  | { readonly kind: "bad"; readonly why: string };

const BASE64_OF_A_KEY = /^[A-Za-z0-9+/]{43}=$/;
const HEX_OF_A_KEY = /^[0-9A-Fa-f]{64}$/;

/** 32 bytes as they are, as `bucketseal keygen` writes them, or their base64, as `openssl rand -base64 32` does. */
export function parseKey(bytes: Buffer): ParsedKey {
  if (bytes.length === KEY_BYTES) return { kind: "key", key: customerKey(bytes) };
  const text = bytes.toString("latin1").trim();
  if (BASE64_OF_A_KEY.test(text)) return parseBase64(text);
  const held = bytes.length === 1 ? "1 byte" : `${bytes.length} bytes`;
  return { kind: "bad", why: `it holds ${held}: a key is ${KEY_BYTES} bytes as they are, or their base64` };
}

export function parseBase64(text: string): ParsedKey {
  const bytes = Buffer.from(text, "base64");
  const isKey = BASE64_OF_A_KEY.test(text) && bytes.toString("base64") === text;
  if (isKey) return { kind: "key", key: customerKey(bytes) };
  return { kind: "bad", why: `it is not the base64 of ${KEY_BYTES} bytes` };
}

/** Whether somebody gave a key where the path of its file was asked for: it must not be repeated in an error. */
export function looksLikeKey(text: string): boolean {
  return BASE64_OF_A_KEY.test(text.trim()) || HEX_OF_A_KEY.test(text.trim());
}
