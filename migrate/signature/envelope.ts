import { z } from "zod";
import type { Signer } from "../keys/signing-key.js";
import { type Parsed, parseAs } from "../model/parse.js";
import { pae } from "./pae.js";

/** https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md */
export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

const base64 = z.string().refine((text) => Buffer.from(text, "base64").toString("base64") === text, "it is no base64");

const envelopeSchema = z.strictObject({
  payload: base64,
  payloadType: z.string(),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: base64 })).min(1),
});
/** manifest.dsse.json: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
export type Envelope = z.infer<typeof envelopeSchema>;
export type Signature = Envelope["signatures"][number];

/** Exactly what the file holds. */
export function envelopeText(envelope: Envelope): string {
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

export function parseEnvelope(bytes: Buffer): Parsed<Envelope> {
  const parsed = parseAs(envelopeSchema, bytes.toString("utf8"));
  if (!parsed.ok || Buffer.from(envelopeText(parsed.value)).equals(bytes)) return parsed;
  return { ok: false, problem: "it was edited: what signs writes the same in another form" };
}

export function payloadOf({ payload }: Envelope): Buffer {
  return Buffer.from(payload, "base64");
}

/** The payload with one signature more. Earlier ones stay where they are over the very same payload, but for one of the same key. */
export function signed(payload: Buffer, signer: Signer, earlier: Envelope | null): Envelope {
  const others = earlier !== null && payloadOf(earlier).equals(payload) ? earlier.signatures : [];
  const sig = signer.sign(pae(PAYLOAD_TYPE, payload)).toString("base64");
  return {
    payload: payload.toString("base64"),
    payloadType: PAYLOAD_TYPE,
    signatures: [...others.filter(({ keyid }) => keyid !== signer.keyid), { keyid: signer.keyid, sig }],
  };
}
