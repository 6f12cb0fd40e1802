import { Tokenization } from "cdktf";
import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";

/**
 * The values that each property of `Props` accepts at run time. Plain JavaScript, `any` and JSON
 * files get past the compiler with any value.
 */
export type Fields<Props> = Readonly<Record<keyof Props, z.ZodType>>;

export interface CheckedProps<Props> {
  /**
   * The props without the invalid ones, so that the construct can be created and synth can report
   * all problems together.
   */
  readonly usable: Props;
  readonly problems: readonly string[];
}

/** Checks names and values of the given props at every depth. */
export function checkedProps<Props extends object>(given: Props, fields: Fields<Props>): CheckedProps<Props> {
  const checked = objectOf(fields).safeParse(given);
  if (checked.success) return { usable: given, problems: [] };
  const { issues } = checked.error;
  const unusable = new Set(issues.map(({ path: [name] }) => name));
  const usable = Object.entries(given ?? {}).filter(([name]) => Object.hasOwn(fields, name) && !unusable.has(name));
  return {
    usable: Object.fromEntries(usable) as Props,
    problems: issues.map(({ path, message }) => (path.length === 0 ? message : `${pathWords(path)} ${message}`)),
  };
}

/** @throws if any prop is invalid; one message names them all */
export function requireValid<Props extends object>(what: string, given: Props, fields: Fields<Props>): void {
  const { problems } = checkedProps(given, fields);
  if (problems.length > 0) throw new Error(`${what} cannot be used: ${problems.join("; ")}`);
}

export function text() {
  return leaf((value) => typeof value === "string", "a text", "its stringValue, or Token.asString(...)");
}

/** A text that no message repeats. */
export function secret() {
  return z.custom((value) => typeof value === "string", { error: "is not a string; give one" });
}

export function number() {
  return leaf((value) => typeof value === "number", "a number", "its numberValue, or Token.asNumber(...)");
}

/** A boolean that decides at synth which resources exist, so it cannot be a reference. */
export function flag() {
  return leaf((value) => typeof value === "boolean", "true or false", "a value that is known at synth");
}

export function textMap() {
  return leaf(isTextMap, "an object of texts", "Token.asStringMap(...)");
}

/** Any value but undefined. The property's own checks judge it. */
export function given(words: string) {
  return leaf((value) => value !== undefined, words, words);
}

export function choice(allowed: readonly (string | false)[]) {
  const names = allowed.map((each) => JSON.stringify(each)).join(", ");
  return z.custom((value) => allowed.some((each) => each === value), {
    error: ({ input }) =>
      input === undefined
        ? `is missing; give one of ${names}`
        : `"${String(input)}" is not known; give one of ${names}`,
  });
}

export function numberOrFalse() {
  return leaf((value) => value === false || typeof value === "number", "a number or false", "Token.asNumber(...)");
}

export function flagOr(form: z.ZodType) {
  return z.unknown().superRefine((value, { addIssue }) => {
    if (typeof value === "boolean") return;
    for (const { message, path } of form.safeParse(value).error?.issues ?? []) {
      addIssue({ code: "custom", message, path: [...path] });
    }
  });
}

/** One value of a form, or a list of them. */
export function oneOrMany(form: z.ZodType) {
  const many = list(form);
  return z.unknown().superRefine((value, { addIssue }) => {
    for (const { message, path } of (Array.isArray(value) ? many : form).safeParse(value).error?.issues ?? []) {
      addIssue({ code: "custom", message, path: [...path] });
    }
  });
}

/** Checks members, not the class: an app can contain two copies of this library. */
export function storageField() {
  const isStorage = (value: unknown) =>
    typeof value === "object" && value !== null && "store" in value && "aws" in value;
  return leaf(isStorage, "an ObjectStorageProvider", "an ObjectStorageProvider");
}

/** Checks members, not the class: an app can contain two copies of CDKTF. */
export function iterator() {
  const isIterator = (value: unknown) =>
    typeof value === "object" && value !== null && "_getForEachExpression" in value;
  return leaf(isIterator, "a TerraformIterator, as in TerraformIterator.fromList(names)", "a TerraformIterator");
}

export function list(element: z.ZodType) {
  return z.array(element, {
    error: ({ input }) => wanted(input, "a list", "a list of values that are known at synth"),
  });
}

export function objectOf<Props>(fields: Fields<Props>) {
  const names = Object.keys(fields);
  return z.strictObject(fields as Readonly<Record<string, z.ZodType>>, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((name) => unknownName(name, names)).join("; ")
        : wanted(issue.input, "an object", "an object that is known at synth"),
  });
}

function leaf(fits: (value: unknown) => boolean, words: string, forReference: string) {
  return z.custom(fits, { error: ({ input }) => wanted(input, words, forReference) });
}

function isTextMap(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isReference(value)) return false;
  return Object.values(value).every((each) => typeof each === "string");
}

function isReference(value: unknown): boolean {
  return Tokenization.isResolvable(value);
}

function wanted(value: unknown, words: string, forReference: string): string {
  if (value === undefined) return `is missing; give ${words}`;
  // `variable.value` and `iterator.value` have the type any, and hold a reference without a type.
  if (isReference(value)) return `is a reference without a type; give ${forReference}`;
  return `is ${shown(value)}; give ${words}${value === null ? ", or leave it out" : ""}`;
}

const MAX_SHOWN = 60;

function shown(value: unknown): string {
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) !== Object.prototype) {
    return Array.isArray(value) ? "a list" : `an object of ${value.constructor?.name ?? "no class"}`;
  }
  const json = typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
  return json.length > MAX_SHOWN ? `${json.slice(0, MAX_SHOWN)}...` : json;
}

function unknownName(name: string, known: readonly string[]): string {
  const near = known.length === 0 ? "" : closest(name, known);
  const suggested = near !== "" && distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(2, name.length / 3);
  return suggested
    ? `"${name}" is not a known property; did you mean "${near}"?`
    : `"${name}" is not a known property; those are ${known.join(", ")}`;
}

function pathWords(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${String(step)}`))
    .join("");
}
