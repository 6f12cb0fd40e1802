import { Token } from "cdktf";

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Removes undefined properties, which the optional properties of the bindings do not accept. */
export function defined<T extends object>(properties: T): Partial<Defined<T>> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Partial<
    Defined<T>
  >;
}

/**
 * Whether only Terraform knows the value: a reference of CDKTF, or a text with Terraform's own
 * interpolation, as in `acme-${var.env}`.
 */
export function isKnownLater(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === "string" && value.includes("${"));
}

/** The text itself; undefined if it is missing, or if only Terraform knows it. */
export function literal(text: string | undefined): string | undefined {
  return isKnownLater(text) ? undefined : text;
}

/**
 * Whether `value` is a whole number from `min` to `max`. A value that only Terraform knows passes.
 */
export function isWhole(value: number, min: number, max = Number.MAX_SAFE_INTEGER): boolean {
  return isKnownLater(value) || (Number.isInteger(value) && value >= min && value <= max);
}

/** The values that occur more than once in a list, each of them once. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

/** "1 day", "30 days". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
