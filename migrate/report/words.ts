import { disablesAcls, type OwnershipFinding } from "../journal/bucket-record.js";
import type { BucketFindings } from "../journal/run-record.js";
import { type DefaultEncryption, EVIDENCE_WORDS } from "../model/encryption.js";
import type { RaceGuard } from "../model/reason.js";
import { ENGLISH, type Language, type Sentence } from "./language.js";
import type { NoncurrentTotals } from "./noncurrent.js";
import type { Fact } from "./run-words.js";
import type { Totals } from "./summary.js";
import type { Tally } from "./tally.js";

const DEFAULT_ENCRYPTION_WORDS = {
  none: "none",
  "sse-s3": "SSE-S3 (AES256)",
  "sse-kms": "SSE-KMS (aws:kms)",
  "dsse-kms": "DSSE-KMS (aws:kms:dsse)",
  unreadable: "could not be read",
  unsupported: "not offered by the store",
} as const satisfies Readonly<Record<DefaultEncryption, string>>;

export const VERSIONING_WORDS = {
  never: "never switched on",
  enabled: "on",
  suspended: "suspended",
  unreadable: "could not be read",
} as const satisfies Readonly<Record<BucketFindings["versioning"], string>>;

export const OBJECT_LOCK_WORDS = {
  absent: "off",
  present: "on",
  "locks-by-default": "on, with a default retention",
  unreadable: "could not be read",
} as const satisfies Readonly<Record<BucketFindings["objectLock"], string>>;

export const GUARD_WORDS = {
  "nothing-replaced":
    "nothing was replaced, because only the encryption changed: no other writer's change could be lost",
  "source-and-destination": "both ends of the copy were conditional: no other writer's change could be lost",
  none: "nothing was conditional: another write after the object was examined could have been lost",
  source: "only the source was conditional: another write during the copy itself could have been lost",
} as const satisfies Readonly<Record<RaceGuard, string>>;

export const EVIDENCE_NOW_WORDS = {
  ...EVIDENCE_WORDS,
  none: "nothing: it could not be determined",
} as const satisfies Readonly<Record<keyof Totals["evidenceNow"], string>>;

export function updateWords(
  { works, detail }: NonNullable<BucketFindings["encryptionUpdate"]>,
  { say }: Language,
): string {
  return works
    ? say("used for what is encrypted already: {detail}", { detail })
    : say("not used: {detail}", { detail });
}

export function uploadsWords({ openMultipartUploads, atEnd }: BucketFindings, lang: Language): string {
  const { say, instant } = lang;
  const atStart = say("{uploads} when the run began", { uploads: openUploadsWords(openMultipartUploads, lang) });
  if (atEnd === undefined) return atStart;
  const { openUploads } = atEnd;
  if (openUploads === null) return say("{atStart}; at its end they could not be listed", { atStart });
  const { open: n, earlier, begunUpTo } = openUploads;
  if (n === 0) return say("{atStart}, none at its end", { atStart });
  return say("{atStart}, {n} {n|upload|uploads} at its end, {earlier} of them begun by {at}", {
    atStart,
    n,
    earlier,
    at: instant(begunUpTo),
  });
}

function openUploadsWords(openMultipartUploads: number | null, { say, count }: Language): string {
  return openMultipartUploads === null ? say("could not be listed") : count(openMultipartUploads);
}

const TRIAL_WORDS = {
  passed: "passed",
  lost: "passed, without some of what it had",
  refused: "refused by the store",
  inconclusive: "inconclusive",
  "left-out": "not made",
} as const satisfies Readonly<Record<NonNullable<BucketFindings["canary"]>["result"], string>>;

/** The result of the canary, a test object that is copied before the first real one. */
export function trialCopyWords(canary: BucketFindings["canary"], { say }: Language): string {
  if (canary === undefined) return say("none: there was nothing to copy");
  return say("{result}: {detail}", { result: say(TRIAL_WORDS[canary.result]), detail: canary.detail });
}

/** Before the run, during it, and as read at its end. */
export function defaultEncryptionWords({ defaultEncryption, atEnd }: BucketFindings, lang: Language): string {
  const { say, instant } = lang;
  const { before, after, setAt } = defaultEncryption;
  const wordsOf = (found: DefaultEncryption) => say(DEFAULT_ENCRYPTION_WORDS[found]);
  const set = setAt === undefined ? "" : say(", set by this run at {at}", { at: instant(setAt) });
  const was = before === after ? "" : say("; before this run: {what}", { what: wordsOf(before) });
  return `${wordsOf(after)}${set}${was}${atEndWords(atEnd, atEnd?.defaultEncryption === after, lang, ({ defaultEncryption: found }) => wordsOf(found))}`;
}

type AtEnd = BucketFindings["atEnd"];

/** How what was read at the end differs, if it does. */
function atEndWords(
  atEnd: AtEnd,
  isSame: boolean,
  { say }: Language,
  words: (found: NonNullable<AtEnd>) => string,
): string {
  if (atEnd === undefined) return say("; not read again");
  return isSame ? say("; the same at the end") : say("; at the end: {what}", { what: words(atEnd) });
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
} as const satisfies Readonly<Record<string, Sentence>>;

type Known = NonNullable<BucketFindings["capabilities"]>;

/** One line with the capabilities that the plans for a bucket used. */
export function capabilityWords(capabilities: BucketFindings["capabilities"], lang = ENGLISH): string {
  if (capabilities === undefined) return lang.say("not probed");
  const list = answers(capabilities, lang);
  return capabilities.from === "probe"
    ? lang.say("probed: {list}", { list })
    : lang.say("documented: {list}", { list });
}

function answers({ values }: Known, { say }: Language): string {
  const known = Object.entries(CAPABILITY_WORDS).filter(([name]) => typeof values[name] === "boolean");
  return known.map(([name, words]) => `${say(words)} ${say(values[name] === true ? "yes" : "no")}`).join(", ");
}

const OWNERSHIP_WORDS = {
  present: "Object Ownership: {setting}",
  absent: "Object Ownership: not set",
  unreadable: "Object Ownership could not be read",
  unsupported: "the store has no Object Ownership",
} as const satisfies Readonly<Record<OwnershipFinding["kind"], string>>;

/** On what ground the run read access control lists, or none. */
export function aclFacts({ ownership, atEnd, capabilities }: BucketFindings, lang: Language): readonly Fact[] {
  const label = lang.say("Access control lists");
  const hasNone = capabilities?.values.objectAcl === false;
  if (hasNone) return [[label, lang.say("the store has none, so none were read")]];
  return ownership === undefined ? [] : [[label, aclWords(ownership, atEnd, lang)]];
}

function aclWords(ownership: OwnershipFinding, atEnd: AtEnd, lang: Language): string {
  const { say } = lang;
  const set = ownershipWords(ownership, lang);
  if (!disablesAcls(ownership)) return say("read before each copy ({set})", { set });
  const words = say("access control lists are disabled in this bucket ({set}), so none were read", { set });
  const isSame = disablesAcls(atEnd?.ownership);
  return `${words}${atEndWords(atEnd, isSame, lang, (found) => ownershipWords(found.ownership, lang))}`;
}

function ownershipWords(ownership: OwnershipFinding | undefined, { say }: Language): string {
  if (ownership?.kind !== "present") return say(OWNERSHIP_WORDS[ownership?.kind ?? "unreadable"]);
  return say(OWNERSHIP_WORDS.present, { setting: ownership.setting });
}

export const PLAINTEXT_SOURCES = ["left beneath this run's copies", "from before this run"] as const;

/**
 * The plaintext that this run's copies left, and what was noncurrent before. Nothing if there is none of the
 * former, or if removed or re-created versions keep the two from being told apart.
 */
export function plaintextSources({ outcomes, replayed, made }: NoncurrentTotals): readonly {
  readonly words: (typeof PLAINTEXT_SOURCES)[number];
  readonly tally: Tally;
}[] {
  const { plaintext, removed } = outcomes;
  const isMixed = removed.objects + replayed.objects > 0;
  if (made === undefined || isMixed || made.objects > plaintext.objects) return [];
  const before = { objects: plaintext.objects - made.objects, bytes: Math.max(0, plaintext.bytes - made.bytes) };
  const [ofRun, earlier] = PLAINTEXT_SOURCES;
  return [
    { words: ofRun, tally: made },
    { words: earlier, tally: before },
  ];
}
