import { z } from "zod";
import type { BucketFindings, RunRecord } from "../journal/run-record.js";
import { RACES } from "../model/policy.js";
import type { Scope } from "../model/scope.js";
import { ENGLISH, firstFew, type Language, type Sentence } from "./language.js";
import { RUN_STATE_WORDS, runState, tookMs } from "./run-state.js";
import { type Fact, givenFileFacts, lifecycleWords, policyWords, replicationWords } from "./run-words.js";
import {
  aclFacts,
  capabilityWords,
  defaultEncryptionWords,
  OBJECT_LOCK_WORDS,
  trialCopyWords,
  updateWords,
  uploadsWords,
  VERSIONING_WORDS,
} from "./words.js";

const MAX_SCOPES = 3;

/** Who ran it, where, when and with which tool. Values are as recorded: escape them for the output format. */
export function runFacts(run: RunRecord, lang = ENGLISH): readonly Fact[] {
  const { say } = lang;
  const { command } = run;
  return [
    [say("Scope"), scopeWords(run.scopes, lang)],
    [say("Endpoint"), run.endpoint],
    [say("Provider"), say("{provider}, region {region}", { provider: run.provider, region: run.region })],
    [say("Access key"), accessKeys(run) || say("not known")],
    ...ownerOf(run, lang),
    ...customerKeys(run, lang),
    ...kmsKey(run, lang),
    [say("Command"), run.dryRun ? say("{command} (dry run, nothing written)", { command }) : command],
    ...scopeFacts(run, lang),
    ...givenFileFacts(run, lang),
    ...times(run, lang),
    [say("Tool"), toolWords(run, lang)],
  ];
}

/** Lists keys by their fingerprints, so that an auditor can tell which key decrypts what. */
function customerKeys({ customerKeys: given }: RunRecord, { say }: Language): Fact[] {
  if (given === undefined) return [];
  const md5s = [...new Set(given.sources.map(({ md5 }) => md5))].join(", ");
  return [
    ...(given.target === null
      ? []
      : [[say("Encrypted with"), say("SSE-C, customer key with MD5 {md5}", { md5: given.target })] as const]),
    ...(md5s === "" ? [] : [[say("Opened with"), say("customer keys with MD5 {md5s}", { md5s })] as const]),
  ];
}

/** As it was given, and as HEAD names it. */
function kmsKey({ kmsKey: key, buckets }: RunRecord, { say }: Language): Fact[] {
  if (key === undefined) return [];
  const shown = [...new Set(buckets.flatMap((bucket) => bucket.kmsKey ?? []))].filter((name) => name !== key.given);
  const as = shown.length === 0 ? "" : say(", which HEAD names {names}", { names: shown.join(", ") });
  const withBucketKey = key.bucketKey ? say(", with a bucket key") : "";
  return [[say("Encrypted with"), `${say("SSE-KMS, key {key}", { key: key.given })}${as}${withBucketKey}`]];
}

/**
 * The access keys that signed the requests, which is all that a store reveals. One per session if they
 * differ.
 */
function accessKeys({ accessKeyId, sessions }: RunRecord): string {
  const known = sessions.flatMap((session) => session.accessKeyId ?? []);
  return [...new Set([...known, ...(accessKeyId === null ? [] : [accessKeyId])])].join(", ");
}

function ownerOf({ owner }: RunRecord, { say }: Language): Fact[] {
  if (owner === undefined) return [];
  const name = owner.displayName === null ? "" : ` (${owner.displayName})`;
  return [[say("Buckets belong to"), say("{owner}, according to ListBuckets", { owner: `${owner.id}${name}` })]];
}

function scopeWords(scopes: readonly Scope[], lang: Language): string {
  return firstFew(
    scopes.map(({ bucket, prefix }) => `s3://${bucket}/${prefix}`),
    MAX_SCOPES,
    lang,
  );
}

function times(run: RunRecord, lang: Language): Fact[] {
  const { say, instant } = lang;
  const first = run.sessions[0];
  const last = run.sessions.at(-1);
  if (first === undefined || last === undefined) {
    return [[say("Started"), say("never")]];
  }
  const n = run.sessions.length;
  const sessions = n === 1 ? "" : say(", in {n} {n|session|sessions}", { n });
  const ended = last.endedAt === null ? say("not yet") : instant(last.endedAt);
  return [
    [say("Started"), instant(first.startedAt)],
    [say("Ended"), `${ended} (${say(RUN_STATE_WORDS[runState(run)])}${sessions})`],
    [say("Time taken"), timeTaken(run, lang)],
  ];
}

/** Another version may have continued the run. */
function toolWords({ tool, sessions }: RunRecord, { say }: Language): string {
  const earlier = sessions
    .flatMap(({ toolVersion }) => toolVersion ?? [])
    .filter((version) => version !== tool.version);
  const versions = [...new Set(earlier)].join(", ");
  const before = versions === "" ? "" : say(", in earlier sessions {versions}", { versions });
  return `${tool.name} ${tool.version}, Node ${tool.node}${before}`;
}

function timeTaken(run: RunRecord, { say, duration }: Language): string {
  const total = tookMs(run);
  return Number.isNaN(total) ? say("not known") : duration(total);
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

const RACE_WORDS = {
  auto: "auto: the strongest guard that each bucket supports",
  strict: "strict: copies that cannot be guarded are refused",
  off: "off: the cheapest way, with the conditions that it supports",
} as const satisfies Readonly<Record<ScopeSettings["race"], Sentence>>;

/** Empty if the record has no settings, because another version wrote it. */
function scopeFacts({ command, settings }: RunRecord, lang: Language): readonly Fact[] {
  const known = scopeSettings.safeParse(settings);
  if (!known.success) return [];
  const { say } = lang;
  const { noncurrent, versions, race } = known.data;
  const older = command === "audit" || versions === "current" ? "" : say("; in plaintext: {versions}", { versions });
  return [
    [
      say("Versions"),
      noncurrent
        ? say("current objects, and noncurrent versions if a bucket keeps any{older}", { older })
        : say("current objects only"),
    ],
    [say("Filters"), filterWords(known.data, lang).join("; ") || say("none: every object of the scope")],
    ...(command === "audit" ? [] : [[say("Race protection"), say(RACE_WORDS[race])] as const]),
  ];
}

function filterWords(given: ScopeSettings, { say, bytes, instant }: Language): string[] {
  const { include, exclude, minSizeBytes, maxSizeBytes, modifiedBefore, modifiedAfter, storageClasses } = given;
  const any = (names: readonly string[]) => names.join(say(" or "));
  return [
    ...(include.length > 0 ? [say("keys that match {globs}", { globs: any(include) })] : []),
    ...(exclude.length > 0 ? [say("no keys that match {globs}", { globs: any(exclude) })] : []),
    ...(minSizeBytes === null ? [] : [say("from {size}", { size: bytes(minSizeBytes) })]),
    ...(maxSizeBytes === null ? [] : [say("up to {size}", { size: bytes(maxSizeBytes) })]),
    ...(modifiedAfter === null ? [] : [say("modified after {at}", { at: instant(modifiedAfter) })]),
    ...(modifiedBefore === null ? [] : [say("modified before {at}", { at: instant(modifiedBefore) })]),
    ...(storageClasses.length > 0 ? [say("of class {classes}", { classes: any(storageClasses) })] : []),
  ];
}

/** The findings about a bucket. Values are as recorded: escape them for the output format. */
export function bucketFacts(found: BucketFindings, lang = ENGLISH): readonly Fact[] {
  const { say } = lang;
  return [
    ...(found.region === undefined ? [] : [[say("Region"), found.region] as const]),
    [say("Default encryption"), defaultEncryptionWords(found, lang)],
    [say("Versioning"), say(VERSIONING_WORDS[found.versioning])],
    [say("Object Lock"), say(OBJECT_LOCK_WORDS[found.objectLock])],
    [say("Uploads still open"), uploadsWords(found, lang)],
    [say("Bucket policy"), policyWords(found.policy, lang)],
    [say("Lifecycle rules"), lifecycleWords(found.lifecycle, lang)],
    [say("Replication"), replicationWords(found.replication, lang)],
    ...aclFacts(found, lang),
    [say("Trial copy"), trialCopyWords(found.canary, lang)],
    [say("Capabilities"), capabilityWords(found.capabilities, lang)],
    ...(found.encryptionUpdate === undefined
      ? []
      : [[say("Update of the encryption"), updateWords(found.encryptionUpdate, lang)] as const]),
  ];
}
