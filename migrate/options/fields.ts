import { z } from "zod";
import { holdsSecret, providers, SECRET_IN_ENDPOINT } from "../../providers/index.js";
import { MANIFEST_FORMATS } from "../compare/named-object.js";
import { MANIFEST_KEYS } from "../journal/run-record.js";
import { LOSSES } from "../model/object.js";
import { type ConfirmRemoval, ETAG_POLICIES, RACES, VERSION_TREATMENTS } from "../model/policy.js";
import { TARGETS } from "../model/target.js";
import { DEFAULT_FORMATS, OCSF_SCOPES, REPORT_FORMAT_NAMES } from "../report/formats.js";
import type { Credentials } from "../store/sdk/open-client.js";
import { instant, oneOf, percentage, size, wholeNumber } from "./field-schemas.js";
import type { NetworkOptions } from "./network-options.js";

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
  to: oneOf(TARGETS).default("sse-s3"),
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
