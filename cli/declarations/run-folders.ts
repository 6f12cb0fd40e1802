import { encryption } from "../../migrate/options/option-table.js";
import { place, reports, signing, speed } from "../../migrate/options/options-of-every-run.js";
import { DEFAULT_FORMATS, REPORT_FORMAT_NAMES } from "../../migrate/report/formats.js";
import { type CommandFlags, logging } from "./command-flag.js";
import { declareCommand, type FlagsOf, grouped } from "./declare-command.js";

const liveFlags = {
  live: { flag: "--live", help: "compare the report with the bucket as it is now (read-only, one HEAD per line)" },
  sample: { flag: "--sample <n>", help: "compare this many lines, chosen at random", otherwise: "all" },
  seed: {
    flag: "--seed <n>",
    help: "seed that chooses them; the same seed chooses the same lines",
    otherwise: "random, and printed",
  },
  countNew: {
    flag: "--count-new",
    help: "list the bucket too, and count the objects that the report does not contain",
  },
  allowEmpty: { flag: "--allow-empty", help: "do not exit with 1 if the report names nothing to compare" },
  provider: { ...place.provider, help: "store to compare with: the provider's endpoint in the run's region" },
  endpoint: {
    ...place.endpoint,
    help: "the store's URL; without --endpoint and --provider, a --public-key must vouch for the run's own",
  },
  region: { ...place.region, help: "the provider's region", otherwise: "the run's, as for the options below" },
  pathStyle: { ...place.pathStyle, help: "use path-style URLs" },
  profile: place.profile,
  expectedBucketOwner: place.expectedBucketOwner,
  requesterPays: place.requesterPays,
  concurrency: speed.concurrency,
  readsPerSecond: speed.readsPerSecond,
  ssecKeyFile: {
    ...encryption.ssecKeyFile,
    help: "customer key file, or map of key files, to read objects under these keys (repeatable)",
  },
} as const satisfies CommandFlags;
export type LiveFlags = FlagsOf<typeof liveFlags>;

/** A variable for audits has no effect on a `verify` without `--live`. */
const ofLive = Object.fromEntries(
  Object.entries(liveFlags).map(([name, flag]) => [name, name === "live" ? flag : { ...flag, only: "live" }]),
) as unknown as typeof liveFlags;

const verifyOptions = {
  publicKey: {
    flag: "--public-key <file>",
    help: "public key that must have signed it: Ed25519 or ECDSA P-256, PEM (repeatable)",
    takes: "repeated",
  },
  timestampCa: {
    flag: "--timestamp-ca <file>",
    help: "certificates (PEM) that must vouch for a time stamp of each signature (repeatable)",
    takes: "repeated",
  },
  prove: {
    flag: "--prove <key>",
    help: "prove the journal lines of this key, up to the root in the manifest",
  },
  versionId: { flag: "--version-id <id>", help: "with --prove: only the lines of this version" },
  json: {
    flag: "--json",
    help: "print one JSON object on stdout, after one for each line that --live finds different",
  },
  ...logging,
  ...grouped("Comparing with the bucket:", ofLive),
} as const satisfies CommandFlags;
export type VerifyFlags = FlagsOf<typeof verifyOptions>;

export const verifyCommand = declareCommand({
  options: verifyOptions,
  notes: "With --prove only the files that the proof needs are checked.",
  examples: `  bucketseal verify run-1
  bucketseal verify run-1 --public-key sign.pub.pem
  bucketseal verify run-1 --live --provider ovhcloud --sample 1000
  bucketseal verify run-1 --prove invoices/2026/07.pdf --json`,
});

const signOptions = {
  key: {
    variable: "sign-key",
    flag: "--key <file>",
    help: "Ed25519 or ECDSA P-256 private key (PEM), readable only by you",
    required: true,
  },
  signPassphraseFile: signing.signPassphraseFile,
  timestampUrl: {
    flag: "--timestamp-url <url>",
    help: "ask this time-stamping authority (RFC 3161) to stamp the signature; it learns its SHA-256",
  },
  json: { flag: "--json", help: "print one JSON object on stdout" },
} as const satisfies CommandFlags;
export type SignFlags = FlagsOf<typeof signOptions>;

export const signCommand = declareCommand({
  options: signOptions,
  notes: "Refuses a folder that is not intact. Signatures by other keys are kept.",
  examples: `  openssl genpkey -algorithm ed25519 -out sign.pem && chmod 600 sign.pem
  openssl pkey -in sign.pem -pubout -out sign.pub.pem
  bucketseal sign run-1 --key sign.pem
  bucketseal verify run-1 --public-key sign.pub.pem
  bucketseal sign run-1 --key sign.pem --timestamp-url http://tsa.example.com`,
});

const reportOptions = {
  formats: {
    flag: "--format <names>",
    help: `reports to write, comma-separated: ${REPORT_FORMAT_NAMES.join(", ")}`,
    preset: DEFAULT_FORMATS.join(","),
  },
  ocsf: {
    flag: "--ocsf <which>",
    help: "findings (each bucket and prefix), all (also every object) or all.gz",
    preset: "findings",
  },
  lang: { ...reports.lang, otherwise: "that of the run, otherwise en" },
  ...signing,
  dropSignature: { flag: "--drop-signature", help: "drop signatures that do not cover the new reports" },
} as const satisfies CommandFlags;
export type ReportFlags = FlagsOf<typeof reportOptions>;

export const reportCommand = declareCommand({
  options: reportOptions,
  examples: `  bucketseal report run-1
  bucketseal report run-1 --format csv,md
  bucketseal report run-1 --lang fr`,
});

/** The conditions of `diff --fail-on`. */
export const DIFF_FAIL_ON = ["regressed", "new-unencrypted", "new", "gone", "changed", "not-compared"] as const;
export type DiffFailOn = (typeof DIFF_FAIL_ON)[number];

const diffOptions = {
  failOn: {
    variable: "diff-fail-on",
    flag: "--fail-on <names>",
    help: `exit with 1 if there are any, comma-separated: ${DIFF_FAIL_ON.join(", ")}`,
    takes: "commas",
  },
  allowEmpty: { flag: "--allow-empty", help: "do not exit with 1 if there was nothing to compare" },
  publicKey: {
    flag: "--public-key <file>",
    help: "public key (PEM) that must have signed both runs (repeatable)",
    takes: "repeated",
  },
  json: { flag: "--json", help: "print one JSON object per line on stdout: every difference, then the totals" },
} as const satisfies CommandFlags;
export type DiffFlags = FlagsOf<typeof diffOptions>;

export const diffCommand = declareCommand({
  options: diffOptions,
  notes: "Both folders are verified first. A folder that is not intact is refused.",
  exitCodes: {
    0: "compared",
    1: "a --fail-on condition was met, or nothing was compared",
    2: "bad usage, or a run folder that is not intact",
  },
  examples: `  bucketseal diff last-night tonight
  bucketseal diff last-night tonight --fail-on regressed,new-unencrypted
  bucketseal diff run-1 run-2 --json`,
});
