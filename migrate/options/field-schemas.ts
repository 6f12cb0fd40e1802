import { z } from "zod";

const UNITS: Readonly<Record<string, number>> = {
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

function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?I?B?)$/i.exec(text.trim());
  const unit = UNITS[(match?.[2] ?? "none").toUpperCase()];
  return match && unit !== undefined ? Math.round(Number(match[1]) * unit) : Number.NaN;
}

const SIZE_WORDS = 'give whole bytes or a size with its unit, such as 1048576, "512 KiB", "5GiB" or "1.5 MB"';

/** Text or number to bytes. */
export const size = z.union([z.string(), z.number()]).transform((given, context) => {
  const bytes = typeof given === "number" ? given : parseSize(given);
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  context.addIssue({ code: "custom", message: `"${given}" is no size: ${SIZE_WORDS}`, input: given });
  return z.NEVER;
});

/** Text or date to a date. Text without a time zone is UTC, whatever the machine's own. */
export const instant = z.union([z.string(), z.date()]).transform((given, context) => {
  const text = given instanceof Date ? given.toISOString() : given.trim();
  const date = /^\d{4}-\d{2}-\d{2}(T[\d:.]+)?(Z|[+-]\d{2}:?\d{2})?$/.test(text)
    ? new Date(withZone(text))
    : new Date(Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  const message = `"${text}" is no date: give ISO 8601, such as 2026-01-31 or 2026-01-31T08:00:00Z`;
  context.addIssue({ code: "custom", message, input: given });
  return z.NEVER;
});

function withZone(text: string): string {
  return /T/.test(text) && !/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? `${text}Z` : text;
}

/** Text or number to a whole number within bounds. */
export function wholeNumber(least: number, most: number) {
  return z.union([z.string(), z.number()]).transform((given, context) => {
    const number = typeof given === "number" ? given : /^\d+$/.test(given.trim()) ? Number(given) : Number.NaN;
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    const message = `"${given}" is not allowed: give a whole number from ${least} to ${most}`;
    context.addIssue({ code: "custom", message, input: given });
    return z.NEVER;
  });
}

/** Text or number to a percentage, which may have decimals. */
export const percentage = z.union([z.string(), z.number()]).transform((given, context) => {
  const number =
    typeof given === "number" ? given : /^\d+(\.\d+)?%?$/.test(given.trim()) ? Number.parseFloat(given) : -1;
  if (number >= 0 && number <= 100) return number;
  context.addIssue({ code: "custom", message: `"${given}" is not allowed: give a number from 0 to 100`, input: given });
  return z.NEVER;
});

/** One of a list, named in the error. */
export function oneOf<const T extends string>(allowed: readonly T[]) {
  const words = `one of ${allowed.join(", ")}`;
  return z.enum(allowed as [T, ...T[]], { error: ({ input }) => `"${String(input)}" is not allowed: give ${words}` });
}
