import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PublicKey, parsePublicKey } from "../../../migrate/keys/public-key.js";
import { parseSigningKey, type Signer } from "../../../migrate/keys/signing-key.js";

export interface Pair {
  readonly signer: Signer;
  readonly publicKey: PublicKey;
  /** Both as PEM. */
  readonly privatePem: string;
  readonly publicPem: string;
}

export function ed25519(): Pair {
  return pairOf(generateKeyPairSync("ed25519"));
}

export function ecdsa(): Pair {
  return pairOf(generateKeyPairSync("ec", { namedCurve: "prime256v1" }));
}

function pairOf({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): Pair {
  const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const signer = parseSigningKey(Buffer.from(privatePem), null);
  const parsed = parsePublicKey(Buffer.from(publicPem));
  if (signer.kind === "bad" || parsed.kind === "bad") throw new Error("a key that was just made cannot be read");
  return { signer: signer.signer, publicKey: parsed.key, privatePem, publicPem };
}

/** A file of its own folder, for its owner alone unless told otherwise. */
export async function fileWith(content: string | Buffer, mode = 0o600): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "key-")), "key.pem");
  await writeFile(path, content, { mode });
  return path;
}
