import type { BucketPolicyFinding, LifecycleFinding, ReplicationFinding } from "../journal/bucket-record.js";
import { countOf, formatCount } from "../model/text.js";

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
  "removes-noncurrent": "removes older versions",
  "moves-noncurrent": "moves older versions",
  "aborts-uploads": "aborts open uploads",
  "removes-lone-delete-markers": "removes delete markers with nothing beneath",
};

export function lifecycleWords(found: LifecycleFinding | undefined): string {
  return rulesWords(
    found,
    ({ actions, ...rule }) => `${actions.map(actionWords).join(", ") || "does nothing"}${ofRule(rule)}`,
  );
}

export function replicationWords(found: ReplicationFinding | undefined): string {
  return rulesWords(found, ({ destination, ...rule }) => `to ${destination ?? "a bucket not named"}${ofRule(rule)}`);
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

function ofRule({ id, enabled, prefix, isNarrower }: Omit<LifecycleRule, "actions">): string {
  const parts = [
    ...(prefix === "" ? [] : [`under ${prefix}`]),
    ...(isNarrower ? ["of certain tags or sizes"] : []),
    ...(id === null ? [] : [`rule ${id}`]),
    ...(enabled ? [] : ["switched off"]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
