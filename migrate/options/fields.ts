import { z } from "zod";
import { holdsSecret, providers, SECRET_IN_ENDPOINT } from "../../providers/index.js";
import { MANIFEST_FORMATS } from "../compare/named-object.js";
import { MANIFEST_KEYS } from "../journal/run-record.js";
import { LOSSES } from "../model/object.js";
import { type ConfirmRemoval, ETAG_POLICIES, RACES, VERSION_TREATMENTS } from "../model/policy.js";
import { TARGET_NAMES } from "../model/target.js";
import { DEFAULT_FORMATS, OCSF_SCOPES, REPORT_FORMAT_NAMES } from "../report/formats.js";
import type { Credentials } from "../store/sdk/open-client.js";

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
const size = z.union([z.string(), z.number()]).transform((given, context) => {
  const bytes = typeof given === "number" ? given : parseSize(given);
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  context.addIssue({ code: "custom", message: `"${given}" is no size: ${SIZE_WORDS}`, input: given });
  return z.NEVER;
});

/** Text or date to a date. Text without a time zone is UTC, whatever the machine's own. */
const instant = z.union([z.string(), z.date()]).transform((given, context) => {
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
const percentage = z.union([z.string(), z.number()]).transform((given, context) => {
  const number =
    typeof given === "number" ? given : /^\d+(\.\d+)?%?$/.test(given.trim()) ? Number.parseFloat(given) : -1;
  if (number >= 0 && number <= 100) return number;
  context.addIssue({ code: "custom", message: `"${given}" is not allowed: give a number from 0 to 100`, input: given });
  return z.NEVER;
});

/** One of a list, named in the error. */
function oneOf<const T extends string>(allowed: readonly T[]) {
  const words = `one of ${allowed.join(", ")}`;
  return z.enum(allowed as [T, ...T[]], { error: ({ input }) => `"${String(input)}" is not allowed: give ${words}` });
}

const MAX_CONCURRENCY = 1000;
const MAX_RATE = 1_000_000;
const strings = z.array(z.string().min(1, "an empty pattern matches nothing: leave it out")).default([]);

/** The options one by one; what they mean together is for `resolveOptions`. */
export const fields = z.object({
  locations: z.array(z.string()).default([]),
  targets: z.union([z.string(), z.object({ name: z.string(), text: z.string() })]).optional(),
  allBuckets: z.boolean().default(false),
  provider: oneOf(Object.values(providers).flatMap(({ id, aliases }) => [id, ...aliases])).optional(),
  region: z.string().optional(),
  endpoint: z
    .string()
    .refine((url) => !holdsSecret(url), SECRET_IN_ENDPOINT)
    .optional(),
  pathStyle: z.boolean().optional(),
  credentials: z.custom<Credentials>().optional(),
  profile: z.string().optional(),
  network: z.custom<NetworkOptions>().optional(),
  expectedBucketOwner: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "an account id of visible ASCII characters, as 123456789012")
    .optional(),
  requesterPays: z.boolean().default(false),
  include: strings,
  exclude: strings,
  minSize: size.optional(),
  maxSize: size.optional(),
  modifiedBefore: instant.optional(),
  modifiedAfter: instant.optional(),
  storageClasses: strings,
  concurrency: wholeNumber(1, MAX_CONCURRENCY).default(64),
  readsPerSecond: wholeNumber(1, MAX_RATE).optional(),
  writesPerSecond: wholeNumber(1, MAX_RATE).optional(),
  out: z.string().min(1).optional(),
  sign: z.string().min(1).optional(),
  signPassphraseFile: z.string().min(1).optional(),
  signPassphrase: z.string().optional(),
  formats: z.array(oneOf(REPORT_FORMAT_NAMES)).default([...DEFAULT_FORMATS]),
  ocsf: oneOf(OCSF_SCOPES).default("findings"),
  setDefault: z.boolean().default(false),
  canary: z.boolean().default(true),
  dryRun: z.boolean().default(false),
  copyCutoff: size.optional(),
  partSize: size.optional(),
  capabilities: z.string().optional(),
  acceptLoss: z.array(oneOf(LOSSES)).default([]),
  restoredClass: z.string().min(1).optional(),
  race: oneOf(RACES).default("auto"),
  etag: oneOf(ETAG_POLICIES).default("any"),
  rewriteBelow: size.optional(),
  assume: oneOf(["documented"]).optional(),
  versions: oneOf(VERSION_TREATMENTS).default("current"),
  noncurrent: z.boolean().default(true),
  yes: z.boolean().default(false),
  confirm: z.custom<ConfirmRemoval>((given) => typeof given === "function", "give a function").optional(),
  ssecKeyFile: z.array(z.string().min(1)).default([]),
  to: oneOf(TARGET_NAMES).default("sse-s3"),
  toKeyFile: z.string().min(1).optional(),
  manifest: z.string().min(1).optional(),
  manifestFormat: oneOf(MANIFEST_FORMATS).optional(),
  manifestKeys: oneOf(MANIFEST_KEYS).optional(),
  publicKey: z.array(z.string().min(1)).default([]),
  baseline: z.string().min(1).optional(),
  baselineSample: percentage.optional(),
  baselineSeed: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
});
export type Fields = z.infer<typeof fields>;

/** How the store is reached from this machine. The command line takes it from the environment; a library reads none. */
export interface NetworkOptions {
  /** The proxy for endpoints that begin with `http:`, as a URL. @default none */
  readonly httpProxy?: string | undefined;
  /** The proxy for endpoints that begin with `https:`. @default none */
  readonly httpsProxy?: string | undefined;
  /** Hosts that no proxy is asked for, by commas: names (and all names below them), addresses, ranges, or `*`. @default this machine alone */
  readonly noProxy?: string | undefined;
  /** A file of certificates (PEM): the only authorities to trust, as with AWS's tools. @default those that Node trusts */
  readonly caBundle?: string | undefined;
  /** A file of certificates (PEM) to trust beside those in `caBundle`. @default none */
  readonly extraCaCerts?: string | undefined;
}
