import { z } from "zod";
import { MANIFEST_FILE } from "../journal/run-folder.js";
import type { RunRecord } from "../journal/run-record.js";
import type { Signer } from "../keys/signing-key.js";
import { type Parsed, parseAs } from "../model/parse.js";
import type { Summary } from "../report/summary.js";
import type { Manifest } from "./manifest.js";

/** The facts of a run folder that a signature covers. */
export interface SignedFacts {
  readonly run: RunRecord;
  readonly summary: Summary;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
}

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
/** The type of the predicate about the manifest: see docs/evidence.md. */
const PREDICATE_TYPE = "urn:bucketseal:run:1";

const count = z.number().int().nonnegative();

export const statementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.tuple([
    z.strictObject({ name: z.literal(MANIFEST_FILE), digest: z.strictObject({ sha256: z.string() }) }),
  ]),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.strictObject({
    tool: z.strictObject({ name: z.string(), version: z.string() }),
    run: z.strictObject({
      id: z.string(),
      command: z.string(),
      dryRun: z.boolean(),
      startedAt: z.string(),
      /** End of the last session; `null` if it was killed. */
      endedAt: z.string().nullable(),
      end: z.string().nullable(),
    }),
    journal: z.strictObject({ lines: count, root: z.string() }),
    /** Objects, as counted in summary.json. */
    totals: z.strictObject({
      listed: count,
      outcomes: z.record(z.string(), count),
      statesNow: z.record(z.string(), count),
      /** Noncurrent versions; `null` if none were listed. */
      noncurrentInPlaintext: count.nullable(),
      closes: z.boolean(),
      /** Number of locations that were not seen; absent if all were. */
      notSeen: count.optional(),
    }),
  }),
});
/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export type Statement = z.infer<typeof statementSchema>;

/** Depends only on the run folder, not on the time or the machine. */
export function statementOf({ run, summary, manifest, manifestSha256 }: SignedFacts): Statement {
  const last = run.sessions.at(-1);
  const { total } = summary;
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: MANIFEST_FILE, digest: { sha256: manifestSha256 } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      tool: { name: run.tool.name, version: run.tool.version },
      run: {
        id: run.id,
        command: run.command,
        dryRun: run.dryRun,
        startedAt: run.sessions[0]?.startedAt ?? "",
        endedAt: last?.endedAt ?? null,
        end: last?.end ?? null,
      },
      journal: { lines: manifest.journal.lines, root: manifest.journal.root },
      totals: {
        listed: total.listed,
        outcomes: objectsOf(total.outcomes),
        statesNow: objectsOf(total.statesNow),
        noncurrentInPlaintext: total.noncurrent?.outcomes.plaintext.objects ?? null,
        closes: total.closes,
        ...(total.notSeen !== undefined && { notSeen: total.notSeen }),
      },
    },
  };
}

function objectsOf(tallies: Readonly<Record<string, { readonly objects: number }>>): Record<string, number> {
  return Object.fromEntries(Object.entries(tallies).map(([name, { objects }]) => [name, objects]));
}

export function statementPayload(statement: Statement): Buffer {
  return Buffer.from(JSON.stringify(statement));
}

/** https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md */
export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

const base64 = z.string().refine((text) => Buffer.from(text, "base64").toString("base64") === text, "it is not base64");

const envelopeSchema = z.strictObject({
  payload: base64,
  payloadType: z.string(),
  signatures: z
    .array(
      z.strictObject({
        keyid: z.string(),
        sig: base64,
        /** The reply of a time-stamping authority (RFC 3161) about the bytes of `sig`; absent if none was asked. */
        timestamp: base64.optional(),
      }),
    )
    .min(1),
});
/** manifest.dsse.json: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
export type Envelope = z.infer<typeof envelopeSchema>;
export type Signature = Envelope["signatures"][number];

/** The exact text of the file. */
export function envelopeText(envelope: Envelope): string {
  return `${JSON.stringify(envelope, null, 2)}\n`;
}

export function parseEnvelope(bytes: Buffer): Parsed<Envelope> {
  const parsed = parseAs(envelopeSchema, bytes.toString("utf8"));
  if (!parsed.ok || Buffer.from(envelopeText(parsed.value)).equals(bytes)) return parsed;
  return { ok: false, problem: "it was edited: sign writes the same content in a different format" };
}

export function payloadOf({ payload }: Envelope): Buffer {
  return Buffer.from(payload, "base64");
}

/**
 * Adds a signature to the payload. Earlier signatures over the same payload stay, except one by the same key; its
 * time stamp stays if the new signature is the same.
 */
export function signed(payload: Buffer, signer: Signer, earlier: Envelope | null): Envelope {
  const others = earlier !== null && payloadOf(earlier).equals(payload) ? earlier.signatures : [];
  const sig = signer.sign(pae(PAYLOAD_TYPE, payload)).toString("base64");
  const same = others.find((signature) => signature.keyid === signer.keyid && signature.sig === sig);
  return {
    payload: payload.toString("base64"),
    payloadType: PAYLOAD_TYPE,
    signatures: [...others.filter(({ keyid }) => keyid !== signer.keyid), same ?? { keyid: signer.keyid, sig }],
  };
}

/**
 * The bytes that a DSSE signature covers: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.byteLength} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Gets a time stamp of these bytes. */
export type Stamp = (bytes: Buffer) => Promise<Buffer>;

/** Has the signature of this key stamped with the time. */
export async function stampSignature(envelope: Envelope, keyid: string, stamp: Stamp): Promise<Envelope> {
  const signatures: Signature[] = [];
  for (const signature of envelope.signatures) {
    const isOurs = signature.keyid === keyid;
    const timestamp = isOurs ? (await stamp(Buffer.from(signature.sig, "base64"))).toString("base64") : undefined;
    signatures.push(timestamp === undefined ? signature : { ...signature, timestamp });
  }
  return { ...envelope, signatures };
}
