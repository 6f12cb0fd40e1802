import type { BucketPolicyFinding, LifecycleFinding, ReplicationFinding } from "../journal/bucket-record.js";
import type { BaselineRecord, KeyManifestRecord } from "../journal/input-records.js";
import type { RunRecord } from "../journal/run-record.js";
import { visibleText } from "../model/text.js";
import { ENGLISH, firstFew, type Language } from "./language.js";
import type { Totals } from "./summary.js";

const SHOWN = 5;

type Unknown = Extract<LifecycleFinding, { kind: "absent" | "unreadable" | "unsupported" }>["kind"];

const UNKNOWN_WORDS = {
  absent: "none{#rules}",
  unreadable: "could not be read",
  unsupported: "not offered by the store",
} as const satisfies Readonly<Record<Unknown, string>>;

type LifecycleRule = Extract<LifecycleFinding, { kind: "present" }>["first"][number];
type LifecycleAction = LifecycleRule["actions"][number];

const ACTION_WORDS = {
  expires: "deletes objects",
  moves: "moves objects",
  "removes-noncurrent": "removes noncurrent versions",
  "moves-noncurrent": "moves noncurrent versions",
  "aborts-uploads": "aborts open uploads",
  "removes-lone-delete-markers": "removes delete markers without versions",
} as const satisfies Readonly<Record<LifecycleAction["kind"], string>>;

export function lifecycleWords(found: LifecycleFinding | undefined, lang: Language): string {
  return rulesWords(found, lang, ({ actions, ...rule }) => {
    const done = actions.map((action) => actionWords(action, lang)).join(", ");
    return `${done || lang.say("does nothing")}${ruleSuffix(rule, lang)}`;
  });
}

export function replicationWords(found: ReplicationFinding | undefined, lang: Language): string {
  return rulesWords(found, lang, ({ destination, ...rule }) => {
    const bucket = destination ?? lang.say("an unnamed bucket");
    return `${lang.say("to {bucket}", { bucket })}${ruleSuffix(rule, lang)}`;
  });
}

export function policyWords(found: BucketPolicyFinding | undefined, lang: Language): string {
  const { say } = lang;
  if (found === undefined) return say("not recorded");
  if (found.kind !== "present") return say(UNKNOWN_WORDS[found.kind]);
  const { statements: n, onEncryption } = found;
  const list = firstFew(onEncryption, SHOWN, lang);
  if (list === "") return say("{n} {n|statement|statements}, none with a condition on encryption", { n });
  return say("{n} {n|statement|statements}, on encryption: {list}", { n, list });
}

type Rules<T> =
  | { readonly kind: Unknown }
  | { readonly kind: "present"; readonly total: number; readonly first: readonly T[] };

function rulesWords<T>(found: Rules<T> | undefined, { say }: Language, words: (rule: T) => string): string {
  if (found === undefined) return say("not recorded");
  if (found.kind !== "present") return say(UNKNOWN_WORDS[found.kind]);
  const shown = found.first.slice(0, SHOWN).map(words);
  const more = found.total - shown.length;
  return [...shown, ...(more > 0 ? [say("and {more} more", { more })] : [])].join("; ");
}

function actionWords({ kind, days, date, storageClass }: LifecycleAction, { say }: Language): string {
  const where = storageClass === null ? "" : say(" to {storageClass}", { storageClass });
  const from = date === null ? "" : say(" from {date} on", { date });
  const when = days === null ? from : say(" after {n} {n|day|days}", { n: days });
  return `${say(ACTION_WORDS[kind])}${where}${when}`;
}

function ruleSuffix({ id, enabled, prefix, isNarrower }: Omit<LifecycleRule, "actions">, { say }: Language): string {
  const parts = [
    ...(prefix === "" ? [] : [say("under {prefix}", { prefix })]),
    ...(isNarrower ? [say("of certain tags or sizes")] : []),
    ...(id === null ? [] : [say("rule {id}", { id })]),
    ...(enabled ? [] : [say("switched off")]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** The files that a run used, for its facts. Values are as recorded: escape them for the output format. */
export function givenFileFacts({ keyManifest, baseline }: RunRecord, lang = ENGLISH): Fact[] {
  const { say } = lang;
  return [
    ...(keyManifest === undefined ? [] : [[say("Limited to"), manifestWords(keyManifest, lang)] as const]),
    ...(baseline === undefined ? [] : [[say("Baseline"), baselineWords(baseline, lang)] as const]),
  ];
}

function manifestWords({ format, files, createdAt, lines: n, outside }: KeyManifestRecord, lang: Language): string {
  const { say, instant } = lang;
  const names = files.map(({ name, sha256 }) => `${name} (SHA-256 ${sha256})`).join(", ");
  const made = createdAt === null ? "" : say(", made {at}", { at: instant(createdAt) });
  const elsewhere = outside === 0 ? "" : say("; {n} more {n|line names|lines name} objects elsewhere", { n: outside });
  return `${say("{n} {n|line|lines} of {list} {names}", { n, list: say(FORMAT_WORDS[format]), names })}${made}${elsewhere}`;
}

const FORMAT_WORDS = {
  inventory: "the S3 Inventory",
  keys: "the list of keys",
  keys0: "the list of keys",
  journal: "the run",
} as const satisfies Readonly<Record<KeyManifestRecord["format"], string>>;

function baselineWords(baseline: BaselineRecord, lang: Language): string {
  const { run, startedAt, lines: n, oneOf, seed, dropped, leftOut, signedBy = [] } = baseline;
  const { say, instant } = lang;
  if (leftOut !== undefined) {
    return say(
      "run {run}; not used, because this run is signed and no key was given to check the baseline: every object was read",
      { run },
    );
  }
  const of = startedAt === null ? "" : say(" of {at}", { at: instant(startedAt) });
  const named = say("run {run}{of}, {n} {n|line|lines} that could count", { run, of, n });
  if (dropped !== null) return say("{named}; dropped, because a sampled object contradicted it", { named });
  return say("{named}; {trust}; one of {oneOf} was read again, drawn by seed {seed}", {
    named,
    trust: restWords(signedBy, lang),
    oneOf: rounded(oneOf, lang),
    seed: String(seed),
  });
}

/** The reason to trust a baseline. */
function restWords(signedBy: readonly string[], { say }: Language): string {
  if (signedBy.length === 0) return say("it was consistent, and no key was given to check its signature");
  return say("signed by key {keys}, which was given", { keys: signedBy.join(", ") });
}

/** Facts that come from files, although a reader might think that the run observed them. Safe to print. */
export function givenFileCaveats(
  { evidenceNow }: Totals,
  { keyManifest, baseline }: RunRecord,
  lang = ENGLISH,
): string[] {
  const { say } = lang;
  const [taken, listed] = [evidenceNow.baseline?.objects ?? 0, evidenceNow.inventory?.objects ?? 0];
  return [
    ...(keyManifest === undefined
      ? []
      : [
          say("Every object that {list} does not name: this run was limited to it.", {
            list: visibleText(nameOf(keyManifest, lang)),
          }),
        ]),
    ...(listed === 0
      ? []
      : [
          say(
            "The store's own answer about {n} {n|object|objects}: their listing and their encryption are those of its inventory.",
            { n: listed },
          ),
        ]),
    ...(taken === 0 || baseline === undefined
      ? []
      : [
          say(
            "The store's own answer about {n} {n|object|objects}: they are listed with the version, ETag, size and date that they had in an earlier, verified run ({run}; {trust}), of which one of {oneOf} was read again and agreed.",
            {
              n: taken,
              run: baseline.run,
              trust: restWords(baseline.signedBy ?? [], lang),
              oneOf: rounded(baseline.oneOf, lang),
            },
          ),
        ]),
    ...(baseline?.dropped ? [droppedWords(baseline.dropped, lang)] : []),
  ];
}

function nameOf({ files }: KeyManifestRecord, { say }: Language): string {
  const [first = say("its manifest"), ...others] = files.map(({ name }) => name);
  return others.length === 0 ? first : say("{first} and {n} more {n|file|files}", { first, n: others.length });
}

function droppedWords({ bucket, key, detail }: NonNullable<BaselineRecord["dropped"]>, { say }: Language): string {
  return say(
    "The earlier run that was given as the baseline: {object} contradicted it ({detail}), so every object was read.",
    { object: `s3://${visibleText(`${bucket}/${key}`)}`, detail: visibleText(detail) },
  );
}

export function rounded(oneOf: number, { count, decimal }: Language): string {
  return Number.isInteger(oneOf) ? count(oneOf) : decimal(oneOf);
}

export type Fact = readonly [label: string, value: string];
