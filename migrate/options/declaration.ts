import { z } from "zod";

/** An option of the command line. */
export interface Flag {
  /**
   * The spelling and the argument, such as `--race <mode>`. A name in `<>` accepts a value; anything else is
   * a switch.
   */
  readonly flag: string;
  /** One letter that does the same, such as `-n`. */
  readonly short?: string;
  /** Another spelling, which the help does not list. */
  readonly alias?: string;
  readonly help: string;
  /** The help of `--no-...`, for a switch that has both forms. */
  readonly helpOfNo?: string;
  /**
   * The option accepts several values: `repeated` by giving the flag again, `commas` also in a
   * comma-separated list.
   */
  readonly takes?: "repeated" | "commas";
  /** The behaviour without the option, if no single value describes it. The help ends with it. */
  readonly otherwise?: string;
}

/** An option of a run. If it has no flag, only callers of the library can give it. */
export interface RunOption extends Partial<Flag> {
  /** Accepts text from the command line and typed values from the library. */
  readonly schema: z.ZodType;
  /** The schema parses this value if the option is not given. The help ends with it. */
  readonly default?: unknown;
  /** The help already names the default in its own words. */
  readonly helpNamesDefault?: true;
  /**
   * How a resumed run treats the option: `renewed` may change, `compared` must name the same store, any other
   * keeps its value.
   */
  readonly onResume?: "renewed" | "compared";
  /** `false` keeps the option out of run.json, because it is a secret or useless to a later session. */
  readonly recorded?: false;
}

/** Options by the names that callers of the library use. */
export type OptionTable = Readonly<Record<string, RunOption>>;
type Shape<T extends OptionTable> = {
  [K in keyof T]: T[K] extends { readonly default: unknown }
    ? z.ZodPrefault<T[K]["schema"]>
    : z.ZodOptional<T[K]["schema"]>;
};

/** One schema for a whole table. It reports bad values in the order of the table. */
export function schemaOf<T extends OptionTable>(table: T): z.ZodObject<Shape<T>> {
  const shape = Object.entries(table).map(([name, { schema, default: value }]) => [
    name,
    value === undefined ? schema.optional() : schema.prefault(value),
  ]);
  return z.object(Object.fromEntries(shape) as Shape<T>);
}

/** The default value or the words that describe it; `null` if there is nothing to say. */
export function defaultWords({ default: value, otherwise }: Partial<RunOption>): string | null {
  if (otherwise !== undefined) return otherwise;
  const words = Array.isArray(value) ? value.join(",") : String(value ?? "");
  return typeof value === "boolean" || words === "" ? null : words;
}

/** The help of an option, followed by its default unless the help already names it. */
export function helpWords(option: Partial<RunOption>): string {
  const words = option.helpNamesDefault ? null : defaultWords(option);
  return words === null ? (option.help ?? "") : `${option.help} (default: ${words})`;
}

const UNITS: Record<string, number> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};
for (const unit of ["K", "M", "G", "T"]) UNITS[unit] = UNITS[`${unit}I`] = UNITS[`${unit}IB`] ?? 1;

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?I?B?)$/i.exec(text.trim());
  const unit = UNITS[(match?.[2] ?? "none").toUpperCase()];
  return match && unit !== undefined ? Math.round(Number(match[1]) * unit) : Number.NaN;
}

const SIZE_WORDS = 'give whole bytes or a size with its unit, such as 1048576, "512 KiB", "5G" (binary) or "1.5 MB"';

/** Converts text or a number to bytes. */
export const size = z.union([z.string(), z.number()]).transform((given, context) => {
  const bytes = typeof given === "number" ? given : parseSize(given);
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  context.addIssue({ code: "custom", message: `"${given}" is not a size: ${SIZE_WORDS}`, input: given });
  return z.NEVER;
});

/**
 * Converts text or a date to a date. Text without a time zone is UTC, regardless of the machine's time zone.
 */
export const instant = z.union([z.string(), z.date()]).transform((given, context) => {
  const text = given instanceof Date ? given.toISOString() : given.trim();
  const date = /^\d{4}-\d{2}-\d{2}(T[\d:.]+)?(Z|[+-]\d{2}:?\d{2})?$/.test(text)
    ? new Date(withZone(text))
    : new Date(Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  const message = `"${text}" is not a date: give ISO 8601, such as 2026-01-31 or 2026-01-31T08:00:00Z`;
  context.addIssue({ code: "custom", message, input: given });
  return z.NEVER;
});

function withZone(text: string): string {
  return /T/.test(text) && !/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text;
}

/** Converts text or a number to a whole number within bounds. */
export function wholeNumber(least: number, most: number) {
  return z.union([z.string(), z.number()]).transform((given, context) => {
    const number = typeof given === "number" ? given : /^\d+$/.test(given.trim()) ? Number(given) : Number.NaN;
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    const message = `"${given}" is not allowed: give a whole number from ${least} to ${most}`;
    context.addIssue({ code: "custom", message, input: given });
    return z.NEVER;
  });
}

/** Converts text or a number to a percentage, which may have decimals. */
export const percentage = z.union([z.string(), z.number()]).transform((given, context) => {
  const number =
    typeof given === "number" ? given : /^\d+(\.\d+)?%?$/.test(given.trim()) ? Number.parseFloat(given) : -1;
  if (number >= 0 && number <= 100) return number;
  context.addIssue({ code: "custom", message: `"${given}" is not allowed: give a number from 0 to 100`, input: given });
  return z.NEVER;
});

/** One value of a list. The error names the list. */
export function oneOf<const T extends string>(allowed: readonly T[]) {
  return z.enum(allowed as [T, ...T[]], { error: ({ input }) => notAllowed(String(input), allowed) });
}

function notAllowed(value: string, allowed: readonly string[]): string {
  return `"${value}" is not allowed: give one of ${allowed.join(", ")}`;
}

/** The problems of a flag that no schema checks: one for each value that is not in the list. */
export function choiceProblems(flag: string, values: readonly string[], allowed: readonly string[]): string[] {
  return values.filter((value) => !allowed.includes(value)).map((value) => `${flag}: ${notAllowed(value, allowed)}`);
}

/** Non-empty texts. */
export const texts = z.array(z.string().min(1));
export const patterns = z.array(z.string().min(1, "an empty pattern matches nothing: leave it out"));
export const text = z.string().min(1);
