import type { Fact } from "../../providers/index.js";
import type { ObjectStorageProvider } from "../storage/object-storage-provider.js";
import { opensToEverybody } from "./opens-to-everybody.js";
import type { PolicyStatement } from "./policy-statement.js";

/** What the bucket policies of a store are not, that a statement relies on. */
export interface StatementLimit {
  /** Goes on after "whose bucket policies". */
  readonly words: string;
  readonly source: string;
}

/** Where the store takes the statement and yet would not do what it says. */
export function statementLimits(statement: PolicyStatement, { store }: ObjectStorageProvider): StatementLimit[] {
  const { judged, denials, variables, conditionKeys } = store.bucketPolicies;
  const unknown = conditionKeysOf(statement).filter((key) => !isKnown(key, conditionKeys));
  return [
    ...limit(judged, judged.value === "anonymous" && !opensToEverybody(statement), "bind anonymous requests alone"),
    ...limit(denials, denials.value === "unsupported" && statement.effect === "Deny", "can allow but not deny"),
    ...limit(variables, variables.value === "unsupported" && hasVariables(statement), "replace no variables"),
    ...limit(conditionKeys, unknown.length > 0, `do not know the condition key ${unknown.join(", ")}`),
  ];
}

function limit({ source }: Fact<unknown>, isReached: boolean, words: string): StatementLimit[] {
  return isReached ? [{ words, source }] : [];
}

function conditionKeysOf({ conditions = {} }: PolicyStatement): string[] {
  return [...new Set(Object.values(conditions).flatMap((condition) => Object.keys(condition)))];
}

// Condition keys are not case-sensitive.
function isKnown(key: string, { value }: Fact<readonly string[] | "all">): boolean {
  if (value === "all") return true;
  const asked = key.toLowerCase();
  return value
    .map((known) => known.toLowerCase())
    .some((known) => (known.endsWith("*") ? asked.startsWith(known.slice(0, -1)) : asked === known));
}

function hasVariables({ resources, conditions }: PolicyStatement): boolean {
  return /\$\{[A-Za-z0-9-]+:/.test(JSON.stringify([resources, conditions]));
}
