import { randomBytes } from "node:crypto";
import type { Behaviour } from "../behaviour.js";
import type { ObjectEncryption } from "../storage/object-version.js";

/** The ETag of bytes with this MD5: some stores hide the MD5 of what SSE-C or KMS encrypts. */
export function contentEtag(md5: string, { kind }: ObjectEncryption, behaviour: Behaviour): string {
  const hidden = behaviour.etagOfForeignKeys === "opaque" && (kind === "sse-c" || kind === "sse-kms");
  return hidden ? randomBytes(16).toString("hex") : md5;
}
