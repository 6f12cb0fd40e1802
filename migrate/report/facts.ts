import { z } from "zod";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { RACES } from "../model/policy.js";
import type { Scope } from "../model/scope.js";
import { countOf, formatBytes, formatCount, formatDuration, formatInstant } from "../model/text.js";
import { RUN_STATE_WORDS, runState } from "./run-state.js";
import { type Fact, givenFileFacts, lifecycleWords, policyWords, replicationWords } from "./run-words.js";
import {
  aclFacts,
  capabilityWords,
  defaultEncryptionWords,
  OBJECT_LOCK_WORDS,
  openUploadsWords,
  trialCopyWords,
  VERSIONING_WORDS,
} from "./words.js";

const MAX_SCOPES = 3;

/** Who ran it, where, when and with which tool. Values are as recorded: escape them for the output format. */
export function runFacts(run: RunRecord): readonly Fact[] {
  return [
    ["Scope", scopeWords(run.scopes)],
    ["Endpoint", run.endpoint],
    ["Provider", `${run.provider}, region ${run.region}`],
    ["Access key", accessKeys(run)],
    ...ownerOf(run),
    ...customerKeys(run),
    ...kmsKey(run),
    ["Command", `${run.command}${run.dryRun ? " (dry run, nothing written)" : ""}`],
    ...scopeFacts(run),
    ...givenFileFacts(run),
    ...times(run),
    ["Tool", toolWords(run)],
  ];
}

/** Lists keys by their fingerprints, so that an auditor can tell which key decrypts what. */
function customerKeys({ customerKeys: given }: RunRecord): Fact[] {
  if (given === undefined) return [];
  const md5s = [...new Set(given.sources.map(({ md5 }) => md5))];
  return [
    ...(given.target === null ? [] : [["Encrypted with", `SSE-C, customer key with MD5 ${given.target}`] as const]),
    ...(md5s.length === 0 ? [] : [["Opened with", `customer keys with MD5 ${md5s.join(", ")}`] as const]),
  ];
}

/** As it was given, and as HEAD names it. */
function kmsKey({ kmsKey: key, buckets }: RunRecord): Fact[] {
  if (key === undefined) return [];
  const shown = [...new Set(buckets.flatMap((bucket) => bucket.kmsKey ?? []))].filter((name) => name !== key.given);
  const as = shown.length === 0 ? "" : `, which HEAD names ${shown.join(", ")}`;
  return [["Encrypted with", `SSE-KMS, key ${key.given}${as}${key.bucketKey ? ", with a bucket key" : ""}`]];
}

/**
 * The access keys that signed the requests, which is all that a store reveals. One per session if they
 * differ.
 */
function accessKeys({ accessKeyId, sessions }: RunRecord): string {
  const known = sessions.flatMap((session) => session.accessKeyId ?? []);
  return [...new Set([...known, ...(accessKeyId === null ? [] : [accessKeyId])])].join(", ") || "not known";
}

function ownerOf({ owner }: RunRecord): Fact[] {
  if (owner === undefined) return [];
  const name = owner.displayName === null ? "" : ` (${owner.displayName})`;
  return [["Buckets belong to", `${owner.id}${name}, according to ListBuckets`]];
}

function scopeWords(scopes: readonly Scope[]): string {
  const names = scopes.slice(0, MAX_SCOPES).map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`);
  const more = scopes.length - names.length;
  return more > 0 ? `${names.join(", ")} and ${formatCount(more)} more` : names.join(", ");
}

function times(run: RunRecord): Fact[] {
  const first = run.sessions[0];
  const last = run.sessions.at(-1);
  if (first === undefined || last === undefined) {
    return [["Started", "never"]];
  }
  const ended = last.endedAt === null ? "not yet" : formatInstant(last.endedAt);
  const starts = run.sessions.length === 1 ? "" : `, in ${countOf(run.sessions.length, "session")}`;
  return [
    ["Started", formatInstant(first.startedAt)],
    ["Ended", `${ended} (${RUN_STATE_WORDS[runState(run)]}${starts})`],
    ["Time taken", timeTaken(run)],
  ];
}

/** Another version may have continued the run. */
function toolWords({ tool, sessions }: RunRecord): string {
  const earlier = sessions
    .flatMap(({ toolVersion }) => toolVersion ?? [])
    .filter((version) => version !== tool.version);
  const before = earlier.length === 0 ? "" : `, in earlier sessions ${[...new Set(earlier)].join(", ")}`;
  return `${tool.name} ${tool.version}, Node ${tool.node}${before}`;
}

function timeTaken({ sessions }: RunRecord): string {
  const spans = sessions.map(({ startedAt, endedAt }) => Date.parse(endedAt ?? "") - Date.parse(startedAt));
  const total = spans.reduce((sum, span) => sum + span, 0);
  return Number.isNaN(total) ? "not known" : formatDuration(total);
}

/** The settings that decide which objects a run examined and how it protected other writers. */
const scopeSettings = z.object({
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  minSizeBytes: z.number().nullable(),
  maxSizeBytes: z.number().nullable(),
  modifiedBefore: z.string().nullable(),
  modifiedAfter: z.string().nullable(),
  storageClasses: z.array(z.string()),
  noncurrent: z.boolean(),
  versions: z.string(),
  race: z.enum(RACES),
});
type ScopeSettings = z.infer<typeof scopeSettings>;

const RACE_WORDS: Readonly<Record<ScopeSettings["race"], string>> = {
  auto: "auto: the strongest guard that each bucket supports",
  strict: "strict: copies that cannot be guarded are refused",
  off: "off: the cheapest way, with the conditions that it supports",
};

/** Empty if the record has no settings, because another version wrote it. */
function scopeFacts({ command, settings }: RunRecord): readonly Fact[] {
  const known = scopeSettings.safeParse(settings);
  if (!known.success) return [];
  const { noncurrent, versions, race } = known.data;
  const older = command === "audit" || versions === "current" ? "" : `; in plaintext: ${versions}`;
  return [
    [
      "Versions",
      noncurrent ? `current objects, and noncurrent versions if a bucket keeps any${older}` : "current objects only",
    ],
    ["Filters", filterWords(known.data).join("; ") || "none: every object of the scope"],
    ...(command === "audit" ? [] : [["Race protection", RACE_WORDS[race]] as const]),
  ];
}

function filterWords(given: ScopeSettings): string[] {
  const { include, exclude, minSizeBytes, maxSizeBytes, modifiedBefore, modifiedAfter, storageClasses } = given;
  return [
    ...(include.length > 0 ? [`keys that match ${include.join(" or ")}`] : []),
    ...(exclude.length > 0 ? [`no keys that match ${exclude.join(" or ")}`] : []),
    ...(minSizeBytes === null ? [] : [`from ${formatBytes(minSizeBytes)}`]),
    ...(maxSizeBytes === null ? [] : [`up to ${formatBytes(maxSizeBytes)}`]),
    ...(modifiedAfter === null ? [] : [`modified after ${formatInstant(modifiedAfter)}`]),
    ...(modifiedBefore === null ? [] : [`modified before ${formatInstant(modifiedBefore)}`]),
    ...(storageClasses.length > 0 ? [`of class ${storageClasses.join(" or ")}`] : []),
  ];
}

/** The findings about a bucket. Values are as recorded: escape them for the output format. */
export function bucketFacts(found: BucketFindings): readonly Fact[] {
  return [
    ...(found.region === undefined ? [] : [["Region", found.region] as const]),
    ["Default encryption", defaultEncryptionWords(found)],
    ["Versioning", VERSIONING_WORDS[found.versioning]],
    ["Object Lock", OBJECT_LOCK_WORDS[found.objectLock]],
    ["Uploads still open", uploadsWords(found)],
    ["Bucket policy", policyWords(found.policy)],
    ["Lifecycle rules", lifecycleWords(found.lifecycle)],
    ["Replication", replicationWords(found.replication)],
    ...aclFacts(found),
    ["Trial copy", trialCopyWords(found.canary)],
    ["Capabilities", capabilityWords(found.capabilities)],
    ...(found.encryptionUpdate === undefined
      ? []
      : [["Update of the encryption", updateWords(found.encryptionUpdate)] as const]),
  ];
}

function updateWords({ works, detail }: NonNullable<BucketFindings["encryptionUpdate"]>): string {
  return `${works ? "used for what is encrypted already" : "not used"}: ${detail}`;
}

function uploadsWords({ openMultipartUploads, atEnd }: BucketFindings): string {
  const atStart = `${openUploadsWords(openMultipartUploads)} when the run began`;
  if (atEnd === undefined) return atStart;
  const { openUploads } = atEnd;
  if (openUploads === null) return `${atStart}; at its end they could not be listed`;
  const { open, earlier, begunUpTo } = openUploads;
  if (open === 0) return `${atStart}, none at its end`;
  return `${atStart}, ${countOf(open, "upload")} at its end, ${earlier} of them begun by ${formatInstant(begunUpTo)}`;
}
