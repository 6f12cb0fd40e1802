import type { X509Certificate } from "node:crypto";
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
  type Stamp,
  type Statement,
  signed,
  stampSignature,
  statementOf,
  statementPayload,
  statementSchema,
} from "./statement.js";
import type { TimestampCheck } from "./timestamp-token.js";

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

interface SignHow {
  readonly put?: PutFile;
  /** Also stamps the signature with the time. */
  readonly stamp?: Stamp | undefined;
}

/**
 * Signs the manifest as it is. Other signatures over this same manifest stay, and signatures over another one
 * are removed. If there is no time stamp to be had, nothing is written.
 */
export async function signManifest(
  runDir: string,
  facts: SignedFacts,
  signer: Signer,
  { put = putInto(runDir), stamp }: SignHow = {},
): Promise<void> {
  const earlier = await readEnvelope(runDir);
  const envelope = signed(statementPayload(statementOf(facts)), signer, earlier?.ok ? earlier.value : null);
  const stamped = stamp === undefined ? envelope : await stampSignature(envelope, signer.keyid, stamp);
  await put(SIGNATURE_FILE, [envelopeText(stamped)]);
}

const path = SIGNATURE_FILE;

export interface CheckedSignature {
  readonly signature: SignatureCheck;
  readonly timestamps: readonly TimestampCheck[];
  readonly findings: readonly Finding[];
  /**
   * Compares the signed statement about the run with the run folder. Use it only for a folder that is
   * otherwise verified.
   */
  readonly compareWith: (facts: Omit<SignedFacts, "manifestSha256">) => readonly Finding[];
}

/** Who is trusted, from outside of the run folder. */
export interface Trusted {
  /** Each of them must have signed the manifest. */
  readonly publicKeys: readonly PublicKey[];
  /**
   * Certificates of time-stamping authorities, or of those that certify them. If there are any, one of them must vouch
   * for a time stamp of each signature by these keys; without keys, of every signature.
   */
  readonly authorities?: readonly X509Certificate[] | undefined;
}

/** Checks that the manifest is the signed one, and that the given keys signed it. */
export async function checkSignature(
  runDir: string,
  manifestSha256: string | null,
  { publicKeys, authorities = [] }: Trusted,
): Promise<CheckedSignature> {
  const envelope = await readEnvelope(runDir);
  if (envelope === null) return unsigned(publicKeys.length + authorities.length);
  if (!envelope.ok) return invalid([{ kind: "signature-unreadable", path, problem: envelope.problem }]);
  const statement = readStatement(envelope.value);
  const stamps = await checkStamps(envelope.value.signatures, { publicKeys, authorities });
  const findings = [
    ...checkKeys(envelope.value, publicKeys),
    ...("kind" in statement ? [statement] : compareManifest(statement, manifestSha256)),
    ...stamps.findings,
  ];
  if (findings.length > 0) return invalid(findings);
  const signers = envelope.value.signatures.map(({ keyid }) => keyid);
  const given = new Set(publicKeys.map(({ keyid }) => keyid));
  const unchecked = signers.filter((keyid) => !given.has(keyid));
  const signature: SignatureCheck =
    publicKeys.length === 0 ? { kind: "unchecked", keyids: signers } : { kind: "valid", keyids: [...given], unchecked };
  const compareWith: CheckedSignature["compareWith"] = (facts) =>
    "kind" in statement ? [] : compareStatement(statement, { ...facts, manifestSha256: manifestSha256 ?? "" });
  return { signature, timestamps: stamps.timestamps, findings: [], compareWith };
}

function unsigned(trusted: number): CheckedSignature {
  if (trusted > 0) return invalid([{ kind: "signature-missing", path }]);
  return { signature: { kind: "unsigned" }, timestamps: [], findings: [], compareWith: () => [] };
}

function invalid(findings: readonly Finding[]): CheckedSignature {
  return { signature: { kind: "invalid" }, timestamps: [], findings, compareWith: () => [] };
}

interface Stamps {
  readonly timestamps: readonly TimestampCheck[];
  readonly findings: readonly Finding[];
}

async function checkStamps(
  signatures: readonly Signature[],
  { publicKeys, authorities = [] }: Trusted,
): Promise<Stamps> {
  const keyids = new Set(publicKeys.map(({ keyid }) => keyid));
  const timestamps: TimestampCheck[] = [];
  const findings: Finding[] = [];
  for (const { keyid, sig, timestamp } of signatures) {
    const isAsked = authorities.length > 0 && (keyids.size === 0 || keyids.has(keyid));
    if (timestamp === undefined) {
      if (isAsked) findings.push({ kind: "timestamp-missing", path, keyid });
      continue;
    }
    // Loaded only if there is a time stamp: few folders have one.
    const { checkTimestamp } = await import("./timestamp-token.js");
    const stamped = { bytes: Buffer.from(sig, "base64"), authorities };
    const checked = await checkTimestamp(Buffer.from(timestamp, "base64"), stamped);
    if (checked.kind === "invalid") {
      findings.push({ kind: "timestamp-wrong", path, keyid, problem: checked.problem });
      continue;
    }
    const { at, authority, isTrusted } = checked;
    timestamps.push({ keyid, at, authority, isTrusted });
    if (isAsked && !isTrusted) findings.push({ kind: "timestamp-untrusted", path, keyid, authority });
  }
  return { timestamps, findings };
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
