import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { Integer, OctetString } from "asn1js";
import {
  AlgorithmIdentifier,
  Certificate,
  id_ContentType_SignedData,
  id_eContentType_TSTInfo,
  MessageImprint,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from "pkijs";
import { visibleText } from "../model/text.js";

/** A valid time stamp of a signature. */
export interface TimestampCheck {
  /** The key that made the signature. */
  readonly keyid: string;
  /** When the authority says that the signature existed, in UTC. */
  readonly at: string;
  readonly authority: string;
  /** Whether one of the given certificates vouches for the authority. */
  readonly isTrusted: boolean;
}

/** The proof of a time stamp, or the reason why it proves nothing. */
export type CheckedTimestamp =
  | {
      readonly kind: "valid";
      /** When the authority says that the stamped bytes existed, in UTC. */
      readonly at: string;
      /** The subject of the certificate that signed it, safe to print. */
      readonly authority: string;
      /** Whether one of the given certificates vouches for it. */
      readonly isTrusted: boolean;
    }
  | { readonly kind: "invalid"; readonly problem: string };

/** SHA-256, SHA-384 and SHA-512. */
const HASHES: ReadonlySet<string> = new Set(["1", "2", "3"].map((id) => `2.16.840.1.101.3.4.2.${id}`));
const SHA_256 = "2.16.840.1.101.3.4.2.1";
/** The extended key usage that RFC 3161 asks for, as the only one. */
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const NONCE_BYTES = 8;
/** `granted` and `grantedWithMods` of RFC 3161, 2.4.2. */
const GRANTED: readonly number[] = [0, 1];

interface TimestampRequest {
  /** The request in DER. It has the SHA-256 of the bytes, and not the bytes. */
  readonly der: Buffer;
  /** The reply has to repeat it. */
  readonly nonce: Buffer;
}

export function timestampRequest(bytes: Uint8Array): TimestampRequest {
  const nonce = randomBytes(NONCE_BYTES);
  // The first bit is the sign of the number, and a leading zero would not come back.
  nonce[0] = 0x40 | ((nonce[0] ?? 0) & 0x3f);
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA_256 }),
      hashedMessage: new OctetString({ valueHex: createHash("sha256").update(bytes).digest() }),
    }),
    nonce: new Integer({ valueHex: nonce }),
    certReq: true,
  });
  return { der: Buffer.from(request.toSchema().toBER()), nonce };
}

interface Stamped {
  readonly bytes: Uint8Array;
  /** The certificates that the caller trusts: of roots, or the very ones that sign time stamps. */
  readonly authorities?: readonly X509Certificate[];
  /** The nonce of the request that the reply answers. */
  readonly nonce?: Buffer;
}

/** Checks the reply of a time-stamping authority (RFC 3161) about these bytes. Asks nobody, so it knows of no revocation. */
export async function checkTimestamp(
  reply: Uint8Array,
  { bytes, authorities = [], nonce }: Stamped,
): Promise<CheckedTimestamp> {
  const parsed = parseReply(reply);
  if ("problem" in parsed) return invalid(parsed.problem);
  const { signed, info } = parsed;
  if (!HASHES.has(info.messageImprint.hashAlgorithm.algorithmId)) return invalid("its hash is none of SHA-2");
  if (nonce !== undefined && !nonceOf(info).equals(nonce)) return invalid("it answers another request");
  const signer = await signerOf(signed, bytes);
  if ("problem" in signer) return invalid(signer.problem);
  const { certificate } = signer;
  const problem = problemOf(certificate, info.genTime);
  if (problem !== null) return invalid(problem);
  return {
    kind: "valid",
    at: info.genTime.toISOString(),
    authority: nameOf(certificate),
    isTrusted:
      authorities.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256) ||
      (await leadsToRoot(signed, { bytes, authorities, at: info.genTime })),
  };
}

function invalid(problem: string): CheckedTimestamp {
  return { kind: "invalid", problem };
}

type Parsed = { readonly signed: SignedData; readonly info: TSTInfo } | { readonly problem: string };

function parseReply(reply: Uint8Array): Parsed {
  try {
    const { status, timeStampToken } = TimeStampResp.fromBER(exactly(reply));
    if (!GRANTED.includes(status.status)) return { problem: `the authority refused it (status ${status.status})` };
    if (timeStampToken?.contentType !== id_ContentType_SignedData) return { problem: "it has no signed token" };
    const signed = new SignedData({ schema: timeStampToken.content });
    const { eContentType, eContent } = signed.encapContentInfo;
    if (eContentType !== id_eContentType_TSTInfo || eContent === undefined) {
      return { problem: "what was signed is not a time stamp" };
    }
    return { signed, info: TSTInfo.fromBER(eContent.getValue()) };
  } catch {
    return { problem: "it is not a reply in the format of RFC 3161" };
  }
}

/** The signature, and whether it is over these bytes. The owner of the certificate is not checked here. */
async function signerOf(
  signed: SignedData,
  bytes: Uint8Array,
): Promise<{ readonly certificate: X509Certificate } | { readonly problem: string }> {
  const checked = await verified(signed, { bytes, authorities: [], checkChain: false, at: new Date() });
  if (checked.signerCertificate) return { certificate: nodeCertificate(checked.signerCertificate) };
  return { problem: PROBLEMS[checked.code ?? 0] ?? "its signature is not valid" };
}

/** The codes of pkijs' `SignedDataVerifyError`. */
const PROBLEMS: Readonly<Record<number, string>> = {
  3: "it does not contain the certificate of its authority",
  15: "it is about other bytes",
};

interface Verification {
  readonly bytes: Uint8Array;
  readonly authorities: readonly X509Certificate[];
  readonly checkChain: boolean;
  readonly at: Date;
}

async function verified(signed: SignedData, { bytes, authorities, checkChain, at }: Verification) {
  try {
    const { signatureVerified, signerCertificate, code } = await signed.verify({
      signer: 0,
      data: exactly(bytes),
      trustedCerts: authorities.map(({ raw }) => Certificate.fromBER(exactly(raw))),
      checkChain,
      checkDate: at,
      extendedMode: true,
    });
    return { code, signerCertificate: signatureVerified ? signerCertificate : null };
  } catch (error) {
    return { code: Number((error as { readonly code?: unknown }).code), signerCertificate: null };
  }
}

function problemOf(certificate: X509Certificate, at: Date): string | null {
  const { validFrom, validTo } = certificate;
  if (at < new Date(validFrom) || at > new Date(validTo)) {
    return `the certificate of ${nameOf(certificate)} is valid from ${validFrom} to ${validTo}, and the time stamp is of ${at.toISOString()}`;
  }
  const usages: readonly string[] = certificate.keyUsage ?? [];
  if (usages.length === 1 && usages[0] === TIME_STAMPING) return null;
  return `the certificate of ${nameOf(certificate)} is not one for time stamps alone`;
}

async function leadsToRoot(signed: SignedData, given: Omit<Verification, "checkChain">): Promise<boolean> {
  if (given.authorities.length === 0) return false;
  const { signerCertificate } = await verified(signed, { ...given, checkChain: true });
  return signerCertificate !== null;
}

function nodeCertificate(certificate: Certificate): X509Certificate {
  return new X509Certificate(Buffer.from(certificate.toSchema(true).toBER()));
}

function nameOf({ subject }: X509Certificate): string {
  return visibleText(subject.replaceAll("\n", ", "));
}

function nonceOf({ nonce }: TSTInfo): Buffer {
  return Buffer.from(nonce?.valueBlock.valueHexView ?? []);
}

/** Bytes of their own: pkijs reads an ArrayBuffer to its end. */
function exactly(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
