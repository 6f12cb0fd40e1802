import { createHash, type KeyObject } from "node:crypto";

/** The SHA-256 of a public key: `openssl pkey -pubin -in FILE -outform DER | sha256sum` prints it too. */
export function keyId(publicKey: KeyObject): string {
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
}
