import { join } from "node:path";
import { readIfThere } from "../journal/folder-files.js";
import { MANIFEST_FILE, SIGNATURE_FILE } from "../journal/run-folder.js";
import { type PutFile, putInto } from "../journal/stage-files.js";
import type { PublicKey } from "../keys/public-key.js";
import type { Signer } from "../keys/signing-key.js";
import { type Parsed, parseAs } from "../model/parse.js";
import type { Finding, SignatureCheck } from "./finding.js";
import { firstDifference } from "./journal-tree.js";
import {
  type Envelope,
  envelopeText,
  PAYLOAD_TYPE,
  pae,
  parseEnvelope,
  payloadOf,
  type Signature,
  type SignedFacts,
  type Statement,
  signed,
  statementOf,
  statementPayload,
  statementSchema,
} from "./statement.js";

/** Checks that each of these keys has signed. Signatures of other keys are ignored. */
function checkKeys(envelope: Envelope, publicKeys: readonly PublicKey[]): Finding[] {
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

/**
 * Signs the manifest as it is. Other signatures over this same manifest stay, and signatures over another one
 * are removed.
 */
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

const path = SIGNATURE_FILE;

export interface CheckedSignature {
  readonly signature: SignatureCheck;
  readonly findings: readonly Finding[];
  /**
   * Compares the signed statement about the run with the run folder. Use it only for a folder that is
   * otherwise verified.
   */
  readonly compareWith: (facts: Omit<SignedFacts, "manifestSha256">) => readonly Finding[];
}

/** Checks that the manifest is the signed one, and that the given keys signed it. */
export async function checkSignature(
  runDir: string,
  manifestSha256: string | null,
  publicKeys: readonly PublicKey[],
): Promise<CheckedSignature> {
  const envelope = await readEnvelope(runDir);
  if (envelope === null) return unsigned(publicKeys);
  if (!envelope.ok) return invalid([{ kind: "signature-unreadable", path, problem: envelope.problem }]);
  const statement = readStatement(envelope.value);
  const findings = [
    ...checkKeys(envelope.value, publicKeys),
    ...("kind" in statement ? [statement] : compareManifest(statement, manifestSha256)),
  ];
  if (findings.length > 0) return invalid(findings);
  const signers = envelope.value.signatures.map(({ keyid }) => keyid);
  const given = new Set(publicKeys.map(({ keyid }) => keyid));
  const unchecked = signers.filter((keyid) => !given.has(keyid));
  const signature: SignatureCheck =
    publicKeys.length === 0 ? { kind: "unchecked", keyids: signers } : { kind: "valid", keyids: [...given], unchecked };
  const compareWith: CheckedSignature["compareWith"] = (facts) =>
    "kind" in statement ? [] : compareStatement(statement, { ...facts, manifestSha256: manifestSha256 ?? "" });
  return { signature, findings: [], compareWith };
}

function unsigned(publicKeys: readonly PublicKey[]): CheckedSignature {
  if (publicKeys.length > 0) return invalid([{ kind: "signature-missing", path }]);
  return { signature: { kind: "unsigned" }, findings: [], compareWith: () => [] };
}

function invalid(findings: readonly Finding[]): CheckedSignature {
  return { signature: { kind: "invalid" }, findings, compareWith: () => [] };
}

function readStatement(envelope: Envelope): Statement | Finding {
  const { payloadType } = envelope;
  if (payloadType !== PAYLOAD_TYPE) {
    return {
      kind: "signature-of-something-else",
      path,
      problem: `its payload is of type "${payloadType}", not "${PAYLOAD_TYPE}"`,
    };
  }
  const payload = payloadOf(envelope);
  const parsed = parseAs(statementSchema, payload.toString("utf8"));
  if (!parsed.ok) return { kind: "signature-of-something-else", path, problem: parsed.problem };
  if (statementPayload(parsed.value).equals(payload)) return parsed.value;
  return {
    kind: "signature-of-something-else",
    path,
    problem: "its statement is not in the format that is signed",
  };
}

function compareManifest({ subject }: Statement, manifestSha256: string | null): Finding[] {
  const [{ digest }] = subject;
  if (digest.sha256 === manifestSha256) return [];
  return [{ kind: "manifest-not-signed", path: MANIFEST_FILE, sha256: manifestSha256, signed: digest.sha256 }];
}

function compareStatement({ predicate }: Statement, facts: SignedFacts): Finding[] {
  const problem = firstDifference(predicate, statementOf(facts).predicate);
  return problem === undefined ? [] : [{ kind: "statement-differs", path, problem }];
}

/** The envelope over the manifest of a run folder; `null` if it is not signed. */
export async function readEnvelope(runDir: string): Promise<Parsed<Envelope> | null> {
  const bytes = await readIfThere(join(runDir, SIGNATURE_FILE));
  return bytes === undefined ? null : parseEnvelope(bytes);
}
