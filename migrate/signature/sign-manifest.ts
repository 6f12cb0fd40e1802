import { SIGNATURE_FILE } from "../journal/run-folder.js";
import { type PutFile, putInto } from "../journal/stage-files.js";
import type { Signer } from "../keys/signing-key.js";
import { envelopeText, signed } from "./envelope.js";
import { readEnvelope } from "./read-envelope.js";
import { type SignedFacts, statementOf, statementPayload } from "./statement.js";

/** Signs the manifest as it is. Signatures over that very manifest stay, and others go. */
export async function signManifest(
  runDir: string,
  facts: SignedFacts,
  signer: Signer,
  put: PutFile = putInto(runDir),
): Promise<void> {
  const earlier = await readEnvelope(runDir);
  const envelope = signed(statementPayload(statementOf(facts)), signer, earlier?.ok ? earlier.value : null);
  await put(SIGNATURE_FILE, [envelopeText(envelope)]);
}
