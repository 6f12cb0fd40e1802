import type { Control } from "./control.js";

const KEYS = "who holds the keys, how they are changed, and what the organisation's own rules for them say";

/**
 * What encryption at rest is asked for by. Data alone: nothing here decides whether a standard is met, which is for whoever
 * audits the organisation.
 */
export const CONTROLS: readonly Control[] = [
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
];
