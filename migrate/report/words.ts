import { disablesAcls, type OwnershipFinding } from "../journal/bucket-record.js";
import type { BucketFindings } from "../journal/run-record.js";
import { type DefaultEncryption, EVIDENCE_WORDS } from "../model/encryption.js";
import type { RaceGuard } from "../model/strategy.js";
import { formatInstant } from "../model/text.js";
import type { Fact } from "./run-words.js";
import type { Totals } from "./summary.js";

const DEFAULT_ENCRYPTION_WORDS: Readonly<Record<DefaultEncryption, string>> = {
  none: "none",
  "sse-s3": "SSE-S3 (AES256)",
  "sse-kms": "SSE-KMS (aws:kms)",
  "dsse-kms": "DSSE-KMS (aws:kms:dsse)",
  unreadable: "could not be read",
  unsupported: "not offered by the store",
};

export const VERSIONING_WORDS: Readonly<Record<BucketFindings["versioning"], string>> = {
  never: "never switched on",
  enabled: "on",
  suspended: "suspended",
  unreadable: "could not be read",
};

export const OBJECT_LOCK_WORDS: Readonly<Record<BucketFindings["objectLock"], string>> = {
  absent: "off",
  present: "on",
  "locks-by-default": "on, with a default retention",
  unreadable: "could not be read",
};

export const GUARD_WORDS: Readonly<Record<RaceGuard, string>> = {
  "nothing-replaced":
    "nothing was replaced, because only the encryption changed: no other writer's change could be lost",
  "source-and-destination": "both ends of the copy were conditional: no other writer's change could be lost",
  none: "nothing was conditional: another write after the object was examined could have been lost",
  source: "only the source was conditional: another write during the copy itself could have been lost",
};

export const EVIDENCE_NOW_WORDS: Readonly<Record<keyof Totals["evidenceNow"], string>> = {
  ...EVIDENCE_WORDS,
  none: "nothing: it could not be determined",
};

export function openUploadsWords(openMultipartUploads: number | null): string {
  return openMultipartUploads === null ? "could not be listed" : String(openMultipartUploads);
}

const TRIAL_WORDS: Readonly<Record<NonNullable<BucketFindings["canary"]>["result"], string>> = {
  passed: "passed",
  lost: "passed, without some of what it had",
  refused: "refused by the store",
  inconclusive: "inconclusive",
  "left-out": "not made",
};

/** The result of the canary, a test object that is copied before the first real one. */
export function trialCopyWords(canary: BucketFindings["canary"]): string {
  return canary === undefined ? "none: there was nothing to copy" : `${TRIAL_WORDS[canary.result]}: ${canary.detail}`;
}

/** Before the run, during it, and as read at its end. */
export function defaultEncryptionWords({ defaultEncryption, atEnd }: BucketFindings): string {
  const { before, after, setAt } = defaultEncryption;
  const set = setAt === undefined ? "" : `, set by this run at ${formatInstant(setAt)}`;
  const was = before === after ? "" : `; before this run: ${DEFAULT_ENCRYPTION_WORDS[before]}`;
  const first = `${DEFAULT_ENCRYPTION_WORDS[after]}${set}${was}`;
  if (atEnd === undefined) return `${first}; not read again`;
  return atEnd.defaultEncryption === after
    ? `${first}; the same at the end`
    : `${first}; at the end: ${DEFAULT_ENCRYPTION_WORDS[atEnd.defaultEncryption]}`;
}

/** The capabilities that decide how an object is copied, with their words. */
const CAPABILITY_WORDS = {
  copyIfMatch: "If-Match on copy",
  completeMultipartIfMatch: "on completing an upload",
  putIfMatch: "on PUT",
  copySourceIfMatch: "on the source of a copy",
  uploadPartCopy: "copy in parts",
  copyKeepsMetadata: "a copy keeps metadata",
  copyKeepsTags: "tags",
} as const;

type Known = NonNullable<BucketFindings["capabilities"]>;

/** One line with the capabilities that the plans for a bucket used. */
export function capabilityWords(capabilities: BucketFindings["capabilities"]): string {
  if (capabilities === undefined) return "not probed";
  return `${capabilities.from === "probe" ? "probed" : "documented"}: ${answers(capabilities)}`;
}

function answers({ values }: Known): string {
  const known = Object.entries(CAPABILITY_WORDS).filter(([name]) => typeof values[name] === "boolean");
  return known.map(([name, words]) => `${words} ${values[name] === true ? "yes" : "no"}`).join(", ");
}

const OWNERSHIP_WORDS: Readonly<Record<OwnershipFinding["kind"], (setting: string) => string>> = {
  present: (setting) => `Object Ownership: ${setting}`,
  absent: () => "Object Ownership: not set",
  unreadable: () => "Object Ownership could not be read",
  unsupported: () => "the store has no Object Ownership",
};

/** On what ground the run read access control lists, or none. */
export function aclFacts({ ownership, atEnd, capabilities }: BucketFindings): readonly Fact[] {
  const hasNone = capabilities?.values.objectAcl === false;
  if (hasNone) return [["Access control lists", "the store has none, so none were read"]];
  return ownership === undefined ? [] : [["Access control lists", aclWords(ownership, atEnd)]];
}

function aclWords(ownership: OwnershipFinding, atEnd: BucketFindings["atEnd"]): string {
  if (!disablesAcls(ownership)) return `read before each copy (${ownershipWords(ownership)})`;
  const words = `access control lists are disabled in this bucket (${ownershipWords(ownership)}), so none were read`;
  if (atEnd === undefined) return `${words}; not read again`;
  return disablesAcls(atEnd.ownership)
    ? `${words}; the same at the end`
    : `${words}; at the end: ${ownershipWords(atEnd.ownership)}`;
}

function ownershipWords(ownership: OwnershipFinding | undefined): string {
  if (ownership === undefined) return OWNERSHIP_WORDS.unreadable("");
  return OWNERSHIP_WORDS[ownership.kind](ownership.kind === "present" ? ownership.setting : "");
}
