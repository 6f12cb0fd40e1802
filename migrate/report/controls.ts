import type { RunRecord } from "../journal/run-record.js";
import { isEncrypting } from "../model/encryption.js";
import { ENGLISH, type Language, type Sentence } from "./language.js";
import { noncurrentSeen } from "./noncurrent.js";
import { notSeenWords, presentCount, unprovenCount } from "./not-seen.js";
import { defaultNow } from "./remains.js";
import { VERDICT_WORDS } from "./run-state.js";
import type { Summary } from "./summary.js";
import { verdict } from "./verdict.js";

/** A requirement of a standard that encryption at rest contributes to. */
interface Requirement {
  readonly standard: StandardId;
  /** The standard's own number. */
  readonly id: string;
  readonly title: Sentence;
  /** The subject of the requirement, in this project's words. */
  readonly asks: Sentence;
  /** The part of the requirement that no run of this tool can show. */
  readonly notShown: Sentence;
  readonly source: string;
}

const KEYS = "who holds the keys, how they are changed, and what the organisation's own rules for them say";

/**
 * The requirements that ask for encryption at rest. This is data only. Whether a standard is met is for the
 * organisation's auditor to decide.
 */
export const CONTROLS = [
  {
    standard: "iso-27001",
    id: "A.8.24",
    title: "Use of cryptography",
    asks: "rules for the effective use of cryptography, key management included, are defined and put into effect",
    notShown: KEYS,
    source: "https://www.iso.org/standard/27001",
  },
  {
    standard: "pci-dss",
    id: "3.5",
    title: "Primary account number (PAN) is secured wherever it is stored",
    asks: "stored account numbers are made unreadable, by strong cryptography with key management among other ways",
    notShown:
      "whether objects hold account numbers. By 3.5.1.2 encryption that gives cleartext to whoever may read, as server-side encryption does, is not enough alone on media that are not removable",
    source: "https://www.pcisecuritystandards.org/document_library/",
  },
  {
    standard: "nist-800-53",
    id: "SC-28(1)",
    title: "Protection of Information at Rest: Cryptographic Protection",
    asks: "cryptographic mechanisms keep information at rest from being disclosed and modified without authorisation",
    notShown:
      "which information and which components the organisation has assigned, and how strong a mechanism it asks for",
    source: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
  },
  {
    standard: "gdpr",
    id: "Art. 32(1)(a)",
    title: "Security of processing: pseudonymisation and encryption of personal data",
    asks: "measures that are appropriate to the risk, pseudonymisation and encryption of personal data among them",
    notShown: "whether objects hold personal data, and what is appropriate to their risk",
    source: "https://eur-lex.europa.eu/eli/reg/2016/679/oj#art_32",
  },
  {
    standard: "hipaa",
    id: "164.312(a)(2)(iv)",
    title: "Encryption and decryption (addressable)",
    asks: "a mechanism to encrypt and decrypt electronic protected health information",
    notShown: "whether objects hold such information, and the assessment that an addressable specification asks for",
    source: "https://www.ecfr.gov/current/title-45/section-164.312",
  },
  {
    standard: "soc-2",
    id: "CC6.1",
    title: "Logical access security over protected information assets",
    asks: "logical access security measures protect information assets; encryption of data at rest and protection of keys are among their points of focus",
    notShown: KEYS,
    source:
      "https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022",
  },
] as const satisfies readonly Requirement[];
export type Control = (typeof CONTROLS)[number];

/**
 * The observations of the run that bear on all controls. They are evidence for an auditor, not a judgement.
 */
export function evidenceSeen(summary: Summary, run: RunRecord, lang = ENGLISH): readonly string[] {
  const { say } = lang;
  const { total } = summary;
  const present = presentCount(total);
  const seen = present - total.statesNow.none.objects - unprovenCount(total);
  const defaults = run.buckets.filter((bucket) => isEncrypting(defaultNow(bucket))).length;
  return [
    say("{seen} of {n} current {n|object|objects} seen to be encrypted at rest by the store's own answers{others}.", {
      seen,
      n: present,
      others: fromOtherSources(total, lang),
    }),
    ...(total.notSeen === undefined
      ? []
      : [say("{unseen}: nothing is shown about what is in there.", { unseen: notSeenWords(summary, lang) })]),
    noncurrentSeen(total.noncurrent, run, lang),
    say("{seen} of {n} {n|bucket|buckets} with a default encryption when last read.", {
      seen: defaults,
      n: run.buckets.length,
    }),
    say("Verdict of the run: {verdict}.", { verdict: say(VERDICT_WORDS[verdict(summary, run).kind]) }),
  ];
}

/** The answers that this run did not get from the store itself. */
function fromOtherSources({ evidenceNow: { baseline, inventory } }: Summary["total"], { say }: Language): string {
  const n = (baseline?.objects ?? 0) + (inventory?.objects ?? 0);
  return n === 0
    ? ""
    : say("; those about {n} {n|object|objects} are in an earlier, verified run or in an inventory", { n });
}

export const STANDARDS = {
  "iso-27001": "ISO/IEC 27001:2022",
  "pci-dss": "PCI DSS v4.0.1",
  "nist-800-53": "NIST SP 800-53 Rev. 5",
  gdpr: "GDPR (Regulation (EU) 2016/679)",
  hipaa: "HIPAA Security Rule (45 CFR Part 164)",
  "soc-2": "SOC 2 (AICPA Trust Services Criteria 2017, revised points of focus 2022)",
} as const;
type StandardId = keyof typeof STANDARDS;
