import type { BucketPolicyFinding, LifecycleFinding, ReplicationFinding } from "../journal/bucket-record.js";
import type { BaselineRecord, KeyManifestRecord } from "../journal/input-records.js";
import type { RunRecord } from "../journal/run-record.js";
import { countOf, formatCount, formatInstant, visibleText } from "../model/text.js";
import type { Totals } from "./summary.js";

const SHOWN = 5;

type Unknown = Extract<LifecycleFinding, { kind: "absent" | "unreadable" | "unsupported" }>["kind"];

const UNKNOWN_WORDS: Readonly<Record<Unknown, string>> = {
  absent: "none",
  unreadable: "could not be read",
  unsupported: "not offered by the store",
};
const NOT_ASKED = "not recorded";

type LifecycleRule = Extract<LifecycleFinding, { kind: "present" }>["first"][number];
type LifecycleAction = LifecycleRule["actions"][number];

const ACTION_WORDS: Readonly<Record<LifecycleAction["kind"], string>> = {
  expires: "deletes objects",
  moves: "moves objects",
  "removes-noncurrent": "removes noncurrent versions",
  "moves-noncurrent": "moves noncurrent versions",
  "aborts-uploads": "aborts open uploads",
  "removes-lone-delete-markers": "removes delete markers without versions",
};

export function lifecycleWords(found: LifecycleFinding | undefined): string {
  return rulesWords(
    found,
    ({ actions, ...rule }) => `${actions.map(actionWords).join(", ") || "does nothing"}${ruleSuffix(rule)}`,
  );
}

export function replicationWords(found: ReplicationFinding | undefined): string {
  return rulesWords(found, ({ destination, ...rule }) => `to ${destination ?? "an unnamed bucket"}${ruleSuffix(rule)}`);
}

export function policyWords(found: BucketPolicyFinding | undefined): string {
  if (found === undefined) return NOT_ASKED;
  if (found.kind !== "present") return UNKNOWN_WORDS[found.kind];
  const { statements, onEncryption } = found;
  const shown = onEncryption.slice(0, SHOWN).join(", ");
  const more = onEncryption.length > SHOWN ? ` and ${formatCount(onEncryption.length - SHOWN)} more` : "";
  const conditions =
    onEncryption.length === 0 ? "none with a condition on encryption" : `on encryption: ${shown}${more}`;
  return `${countOf(statements, "statement")}, ${conditions}`;
}

type Rules<T> =
  | { readonly kind: Unknown }
  | { readonly kind: "present"; readonly total: number; readonly first: readonly T[] };

function rulesWords<T>(found: Rules<T> | undefined, words: (rule: T) => string): string {
  if (found === undefined) return NOT_ASKED;
  if (found.kind !== "present") return UNKNOWN_WORDS[found.kind];
  const shown = found.first.slice(0, SHOWN).map(words);
  const more = found.total - shown.length;
  return [...shown, ...(more > 0 ? [`and ${formatCount(more)} more`] : [])].join("; ");
}

function actionWords({ kind, days, date, storageClass }: LifecycleAction): string {
  const where = storageClass === null ? "" : ` to ${storageClass}`;
  const when = days === null ? (date === null ? "" : ` from ${date} on`) : ` after ${countOf(days, "day")}`;
  return `${ACTION_WORDS[kind]}${where}${when}`;
}

function ruleSuffix({ id, enabled, prefix, isNarrower }: Omit<LifecycleRule, "actions">): string {
  const parts = [
    ...(prefix === "" ? [] : [`under ${prefix}`]),
    ...(isNarrower ? ["of certain tags or sizes"] : []),
    ...(id === null ? [] : [`rule ${id}`]),
    ...(enabled ? [] : ["switched off"]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** The files that a run used, for its facts. Values are as recorded: escape them for the output format. */
export function givenFileFacts({ keyManifest, baseline }: RunRecord): Fact[] {
  return [
    ...(keyManifest === undefined ? [] : [["Limited to", manifestWords(keyManifest)] as const]),
    ...(baseline === undefined ? [] : [["Baseline", baselineWords(baseline)] as const]),
  ];
}

function manifestWords({ format, files, createdAt, lines, outside }: KeyManifestRecord): string {
  const names = files.map(({ name, sha256 }) => `${name} (SHA-256 ${sha256})`).join(", ");
  const made = createdAt === null ? "" : `, made ${formatInstant(createdAt)}`;
  const elsewhere =
    outside === 0 ? "" : `; ${countOf(outside, "more line names", "more lines name")} objects elsewhere`;
  return `${countOf(lines, "line")} of ${FORMAT_WORDS[format]} ${names}${made}${elsewhere}`;
}

const FORMAT_WORDS: Readonly<Record<KeyManifestRecord["format"], string>> = {
  inventory: "the S3 Inventory",
  keys: "the list of keys",
  keys0: "the list of keys",
  journal: "the run",
};

function baselineWords({
  run,
  startedAt,
  lines,
  oneOf,
  seed,
  dropped,
  leftOut,
  signedBy = [],
}: BaselineRecord): string {
  const named = `run ${run}${startedAt === null ? "" : ` of ${formatInstant(startedAt)}`}, ${countOf(lines, "line")} that could count`;
  if (leftOut !== undefined) {
    return `run ${run}; not used, because this run is signed and no key was given to check the baseline: every object was read`;
  }
  if (dropped !== null) return `${named}; dropped, because a sampled object contradicted it`;
  return `${named}; ${restWords(signedBy)}; one of ${rounded(oneOf)} was read again, drawn by seed ${seed}`;
}

/** The reason to trust a baseline. */
function restWords(signedBy: readonly string[]): string {
  if (signedBy.length === 0) return "it was consistent, and no key was given to check its signature";
  return `signed by key ${signedBy.join(", ")}, which was given`;
}

/** Facts that come from files, although a reader might think that the run observed them. Safe to print. */
export function givenFileCaveats({ evidenceNow }: Totals, { keyManifest, baseline }: RunRecord): string[] {
  const taken = evidenceNow.baseline?.objects ?? 0;
  const listed = evidenceNow.inventory?.objects ?? 0;
  return [
    ...(keyManifest === undefined
      ? []
      : [`Every object that ${visibleText(nameOf(keyManifest))} does not name: this run was limited to it.`]),
    ...(listed === 0
      ? []
      : [
          `The store's own answer about ${countOf(listed, "object")}: their listing and their encryption are those of its inventory.`,
        ]),
    ...(taken === 0 || baseline === undefined
      ? []
      : [
          `The store's own answer about ${countOf(taken, "object")}: they are listed with the version, ETag, size and date that they had in an earlier, verified run (${baseline.run}; ${restWords(baseline.signedBy ?? [])}), of which one of ${rounded(baseline.oneOf)} was read again and agreed.`,
        ]),
    ...(baseline?.dropped ? [droppedWords(baseline.dropped)] : []),
  ];
}

function nameOf({ files }: KeyManifestRecord): string {
  const [first, ...others] = files.map(({ name }) => name);
  return others.length === 0 ? (first ?? "its manifest") : `${first} and ${countOf(others.length, "more file")}`;
}

function droppedWords({ bucket, key, detail }: NonNullable<BaselineRecord["dropped"]>): string {
  return `The earlier run that was given as the baseline: s3://${visibleText(`${bucket}/${key}`)} contradicted it (${visibleText(detail)}), so every object was read.`;
}

function rounded(oneOf: number): string {
  return Number.isInteger(oneOf) ? formatCount(oneOf) : oneOf.toFixed(1);
}

export type Fact = readonly [label: string, value: string];
