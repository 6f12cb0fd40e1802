import { UsageError } from "../errors.js";
import { type RunRecord, restsOnUnsigned } from "../journal/run-record.js";
import type { Signer } from "../keys/signing-key.js";

/** Throws where a signature would vouch for what nobody vouched for: lines taken from a baseline that no given key had signed. */
export function refuseToSign(runDir: string, { baseline }: Pick<RunRecord, "baseline">, signer: Signer | null): void {
  if (signer === null || !restsOnUnsigned(baseline)) return;
  throw new UsageError([
    `run folder "${runDir}" cannot be signed: its audit went by a baseline that no given key had signed. Audit anew without --baseline, or with --public-key FILE of whoever signed it`,
  ]);
}
