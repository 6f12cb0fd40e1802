import { join } from "node:path";
import { SIGNATURE_FILE } from "../manifest/manifest.js";
import { writeAtomically } from "../report/write-atomically.js";
import { envelopeText, signed } from "./envelope.js";
import type { Signer } from "./parse-signing-key.js";
import { readEnvelope } from "./read-envelope.js";
import { type SignedFacts, statementOf, statementPayload } from "./statement.js";

/** Signs the manifest as it is. Signatures over that very manifest stay, and others go. */
export async function signManifest(runDir: string, facts: SignedFacts, signer: Signer): Promise<void> {
  const earlier = await readEnvelope(runDir);
  const envelope = signed(statementPayload(statementOf(facts)), signer, earlier?.ok ? earlier.value : null);
  await writeAtomically(join(runDir, SIGNATURE_FILE), [envelopeText(envelope)]);
}
