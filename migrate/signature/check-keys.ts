import { SIGNATURE_FILE } from "../journal/run-folder.js";
import type { PublicKey } from "../keys/public-key.js";
import type { Finding } from "../manifest/finding.js";
import { type Envelope, payloadOf, type Signature } from "./envelope.js";
import { pae } from "./pae.js";

/** Has each of these keys signed? What others signed is none of it. */
export function checkKeys(envelope: Envelope, publicKeys: readonly PublicKey[]): Finding[] {
  const bytes = pae(envelope.payloadType, payloadOf(envelope));
  return publicKeys.flatMap((key) => checkKey(envelope.signatures, key, bytes));
}

function checkKey(signatures: readonly Signature[], key: PublicKey, bytes: Buffer): Finding[] {
  const isBy = ({ sig }: Signature) => key.verifies(bytes, Buffer.from(sig, "base64"));
  const path = SIGNATURE_FILE;
  const { keyid } = key;
  const own = signatures.filter((signature) => signature.keyid === keyid);
  if (own.some((signature) => !isBy(signature))) return [{ kind: "signature-wrong", path, keyid }];
  if (own.length > 0) return [];
  const misnamed = signatures.find(isBy);
  if (misnamed !== undefined) return [{ kind: "signature-misnamed", path, keyid, says: misnamed.keyid }];
  return [{ kind: "signature-not-by-key", path, keyid, by: signatures.map((signature) => signature.keyid) }];
}
