import { createHash } from "node:crypto";
import type { Behaviour } from "../behaviour.js";
import type { ObjectEncryption } from "../storage/object-version.js";

/** The ETag of bytes with this MD5: some stores hide the MD5 of what SSE-C or KMS encrypts. A part that is sent again has the same. */
export function contentEtag(md5: string, encryption: ObjectEncryption, behaviour: Behaviour): string {
  const { kind } = encryption;
  if (behaviour.etagOfForeignKeys !== "opaque" || (kind !== "sse-c" && kind !== "sse-kms")) {
    return md5;
  }
  const key = kind === "sse-c" ? encryption.keyMd5 : encryption.keyId;
  return createHash("md5").update(`${kind} ${key} ${md5}`).digest("hex");
}
