import { z } from "zod";
import { holdsSecret, providers, SECRET_IN_ENDPOINT } from "../../providers/index.js";
import { MANIFEST_FORMATS } from "../compare/named-object.js";
import type { OnEvent } from "../journal/events.js";
import { MANIFEST_KEYS } from "../journal/input-records.js";
import { DEFAULT_FORMATS, OCSF_SCOPES, REPORT_FORMAT_NAMES } from "../report/formats.js";
import { GATES } from "../report/gates.js";
import { LANGS } from "../report/language.js";
import type { Credentials } from "../store/sdk/open-client.js";
import { instant, type OptionTable, oneOf, patterns, size, text, texts, wholeNumber } from "./declaration.js";
import { DEFAULT_PREFIX } from "./queue-address.js";
import type { NetworkOptions } from "./run-options.js";

const PROVIDERS = Object.values(providers).flatMap(({ id, aliases }) => [id, ...aliases]);

/** The options that select the store, the identity and the buckets. */
export const place = {
  provider: {
    flag: "--provider <name>",
    help: "ovhcloud, aws, scaleway, ceph-rgw, minio, cloudflare-r2, wasabi, backblaze-b2, generic",
    schema: oneOf(PROVIDERS),
    onResume: "compared",
  },
  region: {
    flag: "--region <region>",
    help: "the provider's region, such as gra or eu-west-par",
    schema: z.string(),
    onResume: "compared",
  },
  endpoint: {
    flag: "--endpoint <url>",
    alias: "--endpoint-url",
    help: "the store's URL, if it is not the provider's own",
    schema: z.string().refine((url) => !holdsSecret(url), SECRET_IN_ENDPOINT),
    onResume: "compared",
  },
  pathStyle: {
    flag: "--path-style",
    help: "use path-style URLs (default with --endpoint)",
    helpOfNo: "use virtual-hosted-style URLs",
    schema: z.boolean(),
  },
  profile: {
    flag: "--profile <name>",
    help: "profile in ~/.aws/credentials",
    schema: z.string(),
    onResume: "renewed",
  },
  expectedBucketOwner: {
    flag: "--expected-bucket-owner <id>",
    help: "account ID that must own the buckets",
    schema: z.string().regex(/^[\x21-\x7e]+$/, "give an account ID in visible ASCII characters, such as 123456789012"),
  },
  requesterPays: {
    flag: "--requester-pays",
    help: "pay for the requests to a requester-pays bucket",
    schema: z.boolean(),
    default: false,
  },
  targets: {
    flag: "--targets <path>",
    help: "read the buckets from a cdktf.out folder or `terraform output -json` (see targets)",
    schema: z.union([z.string(), z.object({ name: z.string(), text: z.string() })]),
  },
  allBuckets: {
    flag: "--all-buckets",
    help: "all buckets that the credentials can list",
    schema: z.boolean(),
    default: false,
  },
} as const satisfies OptionTable;

export const filters = {
  include: {
    flag: "--include <glob>",
    help: "only keys that match; * matches / too, as in aws s3 (repeatable)",
    takes: "repeated",
    schema: patterns,
    default: [],
  },
  exclude: {
    flag: "--exclude <glob>",
    help: "skip keys that match (repeatable)",
    takes: "repeated",
    schema: patterns,
    default: [],
  },
  minSize: { flag: "--min-size <size>", help: "skip smaller objects, such as 512KiB", schema: size },
  maxSize: { flag: "--max-size <size>", help: "skip larger objects, such as 1GiB", schema: size },
  modifiedBefore: {
    flag: "--modified-before <date>",
    help: "only objects modified before this time, such as 2026-01-31 or 2026-01-31T08:00Z",
    schema: instant,
  },
  modifiedAfter: {
    flag: "--modified-after <date>",
    help: "only objects modified after this time (ISO 8601)",
    schema: instant,
  },
  storageClasses: {
    flag: "--storage-class <name>",
    help: "only objects of this storage class (repeatable)",
    takes: "repeated",
    schema: patterns,
    default: [],
  },
} as const satisfies OptionTable;

const RATE = { otherwise: "the provider's documented limit", schema: wholeNumber(1, 1_000_000) };

const MOST_WORKERS = 64;

export const speed = {
  concurrency: {
    flag: "--concurrency <n>",
    help: "the most objects processed at the same time",
    schema: wholeNumber(1, 10_000),
    default: 1024,
    onResume: "renewed",
  },
  workers: {
    flag: "--workers <n>",
    help: "processes that share the work, this one included",
    otherwise: "auto: up to one per core",
    schema: z.union([z.literal("auto"), wholeNumber(1, MOST_WORKERS)], {
      error: ({ input }) => `"${String(input)}" is not allowed: give a whole number from 1 to ${MOST_WORKERS}, or auto`,
    }),
    onResume: "renewed",
    recorded: false,
  },
  readsPerSecond: { flag: "--reads-per-second <n>", help: "limit of read requests", ...RATE, onResume: "renewed" },
  writesPerSecond: { flag: "--writes-per-second <n>", help: "limit of write requests", ...RATE, onResume: "renewed" },
} as const satisfies OptionTable;

export const folder = {
  out: {
    flag: "--out <folder>",
    help: "run folder: the journal, the manifest and the reports",
    otherwise: "a new folder in bucketseal-runs/",
    schema: text,
    recorded: false,
  },
  resume: {
    flag: "--resume",
    help: "resume the interrupted run in --out; repeat its --endpoint or --provider",
    schema: z.boolean(),
    recorded: false,
  },
} as const satisfies OptionTable;

export const signing = {
  sign: {
    flag: "--sign <file>",
    help: "sign the manifest with this Ed25519 or ECDSA P-256 private key (PEM)",
    schema: text,
    onResume: "renewed",
  },
  signPassphraseFile: {
    flag: "--sign-passphrase-file <file>",
    help: "file with the passphrase of that key (or set BUCKETSEAL_SIGN_PASSPHRASE)",
    schema: text,
    onResume: "renewed",
  },
} as const satisfies OptionTable;

export const reports = {
  formats: {
    flag: "--format <names>",
    help: `reports to write, comma-separated: ${REPORT_FORMAT_NAMES.join(", ")}`,
    takes: "commas",
    schema: z.array(oneOf(REPORT_FORMAT_NAMES)),
    default: DEFAULT_FORMATS,
  },
  ocsf: {
    flag: "--ocsf <which>",
    help: "findings (each bucket and prefix), all (also every object) or all.gz",
    schema: oneOf(OCSF_SCOPES),
    default: "findings",
  },
  lang: {
    flag: "--lang <code>",
    help: `language of report.html and report.md: ${LANGS.join(" or ")}`,
    otherwise: "fr if LC_ALL, LC_MESSAGES or LANG is French, otherwise en",
    schema: oneOf(LANGS),
  },
} as const satisfies OptionTable;

/** The conditions that a pipeline stops at. The exit code and the reports for pipelines follow them. */
export const gates = {
  failOn: {
    flag: "--fail-on <names>",
    help: `exit with 1 if there are any, comma-separated: ${GATES.join(", ")}`,
    takes: "commas",
    schema: z.array(oneOf(GATES)),
    default: [],
    onResume: "renewed",
  },
  allowEmpty: {
    flag: "--allow-empty",
    help: "do not exit with 1 if no object was examined",
    schema: z.boolean(),
    default: false,
    onResume: "renewed",
  },
} as const satisfies OptionTable;

const ofQueue = { onResume: "renewed", recorded: false } as const;

/** The options to share a run with workers on other machines. */
export const queue = {
  queue: {
    flag: "--queue <url>",
    help: "let `bucketseal worker` processes on any machine do the work, through this Redis: redis://HOST:6379, or rediss:// for TLS",
    schema: text,
    ...ofQueue,
  },
  queuePrefix: {
    flag: "--queue-prefix <name>",
    help: "beginning of the keys in Redis; runs and workers with the same one belong together",
    schema: z.string().regex(/^[\w.-]{1,64}$/, "give up to 64 letters, digits, dots, dashes and underscores"),
    default: DEFAULT_PREFIX,
    ...ofQueue,
  },
  queuePasswordFile: {
    flag: "--queue-password-file <file>",
    help: "file with the password of Redis (or set BUCKETSEAL_REDIS_PASSWORD; the user is BUCKETSEAL_REDIS_USERNAME)",
    schema: text,
    ...ofQueue,
  },
} as const satisfies OptionTable;

/** The options for a list that limits the run to its objects. */
export const list = {
  manifest: {
    flag: "--manifest <file>",
    help: "only the objects in this S3 Inventory (manifest.json or CSV), list of keys, or run folder",
    schema: text,
    onResume: "renewed",
  },
  manifestFormat: {
    flag: "--manifest-format <name>",
    help: "inventory, keys (one per line), keys0 (each ends with NUL) or journal",
    otherwise: "detected from its name",
    schema: oneOf(MANIFEST_FORMATS),
  },
  manifestKeys: {
    flag: "--manifest-keys <how>",
    help: "raw or url (URL-encoded)",
    otherwise: "url for an inventory, raw for a list of keys",
    schema: oneOf(MANIFEST_KEYS),
  },
} as const satisfies OptionTable;

export const olderVersions = {
  noncurrent: {
    flag: "--no-noncurrent",
    help: "do not examine noncurrent versions: saves one HEAD request each",
    schema: z.boolean(),
    default: true,
  },
} as const satisfies OptionTable;

export const trust = {
  publicKey: {
    flag: "--public-key <file>",
    help: "public key that must have signed the --baseline or the run to --resume (repeatable)",
    takes: "repeated",
    schema: texts,
    default: [],
    onResume: "renewed",
  },
} as const satisfies OptionTable;

const ofThisProcess = { onResume: "renewed", recorded: false } as const;

/** Only callers of the library give these, or the command line sets them itself. */
export const library = {
  locations: { schema: z.array(z.string()), default: [] },
  credentials: { schema: z.custom<Credentials>(), ...ofThisProcess },
  network: { schema: z.custom<NetworkOptions>(), ...ofThisProcess },
  signPassphrase: { schema: z.string(), ...ofThisProcess },
  queueUsername: { schema: z.string(), ...ofThisProcess },
  queuePassword: { schema: z.string(), ...ofThisProcess },
  signal: { schema: z.custom<AbortSignal>(), ...ofThisProcess },
  onEvent: { schema: z.custom<OnEvent>(), ...ofThisProcess },
  countAhead: { schema: z.boolean(), ...ofThisProcess },
} as const satisfies OptionTable;
