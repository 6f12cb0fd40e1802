import { z } from "zod";
import { LOSSES } from "../model/object.js";
import { type ConfirmPlan, type ConfirmRemoval, ETAG_POLICIES, RACES, VERSION_TREATMENTS } from "../model/policy.js";
import { TARGET_NAMES } from "../model/target.js";
import {
  type OptionTable,
  oneOf,
  percentage,
  type RunOption,
  schemaOf,
  size,
  text,
  texts,
  wholeNumber,
} from "./declaration.js";
import * as everyRun from "./options-of-every-run.js";

export const DEFAULT_SAMPLE_PERCENT = 1;

/** The options that let an audit use an earlier run. */
export const baseline = {
  baseline: {
    flag: "--baseline <folder>",
    help: "reuse the results of this earlier, verified run for unchanged objects",
    schema: text,
    onResume: "renewed",
  },
  baselineSample: {
    flag: "--baseline-sample <percent>",
    help: "percentage of the unchanged objects to read again anyway",
    otherwise: `${DEFAULT_SAMPLE_PERCENT}`,
    schema: percentage,
  },
  baselineSeed: {
    flag: "--baseline-seed <n>",
    help: "seed that selects this sample",
    otherwise: "random, and printed",
    schema: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  },
} as const satisfies OptionTable;

/** The options for the steps before the first copy. */
export const beforehand = {
  dryRun: {
    flag: "--dry-run",
    short: "-n",
    help: "inspect and plan; write nothing to the bucket",
    schema: z.boolean(),
    default: false,
  },
  setDefault: {
    flag: "--set-default",
    help: "first set the default encryption of each bucket that has none",
    schema: z.boolean(),
    default: false,
  },
  canary: {
    flag: "--no-canary",
    help: "do not copy a test object first",
    schema: z.boolean(),
    default: true,
  },
  capabilities: {
    flag: "--capabilities <file>",
    help: "use this output of `bucketseal probe --json` instead of probing again",
    schema: z.string(),
  },
} as const satisfies OptionTable;

export const assumptions = {
  assume: {
    flag: "--assume <what>",
    help: "documented: do not probe; rely on the provider's documentation",
    schema: oneOf(["documented"]),
  },
} as const satisfies OptionTable;

export const losses = {
  acceptLoss: {
    flag: "--accept-loss <names>",
    help: "copy objects even if these are lost: acl,tags,storage-class,metadata,restore",
    takes: "commas",
    schema: z.array(oneOf(LOSSES)),
    default: [],
  },
  restoredClass: {
    flag: "--restored-class <name>",
    help: "storage class for copies of objects restored from an archive, such as STANDARD",
    schema: text,
  },
} as const satisfies OptionTable;

export const removals = {
  versions: {
    flag: "--versions <what>",
    help: "noncurrent versions: current (only report), replay (re-create encrypted) or purge (remove)",
    schema: oneOf(VERSION_TREATMENTS),
    default: "current",
    helpNamesDefault: true,
  },
  yes: {
    flag: "--yes",
    help: "do not ask: confirm in advance the plan, and the removals of --versions replay or purge",
    schema: z.boolean(),
    default: false,
    onResume: "renewed",
    recorded: false,
  },
} as const satisfies OptionTable;

/** The options for how an object is copied. */
export const ways = {
  race: {
    flag: "--race <mode>",
    help: "protection of concurrent writes: auto, strict (refuse copies that could undo one) or off",
    schema: oneOf(RACES),
    default: "auto",
    helpNamesDefault: true,
  },
  etag: {
    flag: "--etag <mode>",
    help: "any, or keep (refuse copies that would change the ETag)",
    schema: oneOf(ETAG_POLICIES),
    default: "any",
    helpNamesDefault: true,
  },
  rewriteBelow: {
    flag: "--rewrite-below <size>",
    help: "download and upload smaller objects again instead of copying them in parts",
    schema: size,
    default: "1MiB",
  },
} as const satisfies OptionTable;

export const parts = {
  copyCutoff: {
    flag: "--copy-cutoff <size>",
    help: "copy larger objects in parts",
    otherwise: "the store's limit, usually 5GiB",
    schema: size,
  },
  partSize: {
    flag: "--part-size <size>",
    help: "part size for objects that were not uploaded in parts",
    schema: size,
    default: "512MiB",
  },
} as const satisfies OptionTable;

export const encryption = {
  ssecKeyFile: {
    flag: "--ssec-key-file <file>",
    help: "customer key file, or map of key files: copy the objects under these keys too (repeatable)",
    takes: "repeated",
    schema: texts,
    default: [],
    onResume: "renewed",
  },
  to: {
    flag: "--to <encryption>",
    help: "sse-s3 (default), sse-kms (needs --kms-key-id) or sse-c (needs --to-key-file)",
    schema: oneOf(TARGET_NAMES),
    default: "sse-s3",
    helpNamesDefault: true,
  },
  toKeyFile: {
    flag: "--to-key-file <file>",
    help: "file with the key for --to sse-c (keygen creates one)",
    schema: text,
    onResume: "renewed",
  },
  kmsKeyId: {
    flag: "--kms-key-id <id>",
    help: "key for --to sse-kms: its ID, ARN or alias",
    schema: z.string().regex(/^[\x21-\x7e]+$/, "give the ID, ARN or alias of a key, in visible ASCII characters"),
  },
  bucketKey: {
    flag: "--bucket-key",
    help: "with --to sse-kms: use a bucket key, for fewer calls to KMS",
    schema: z.boolean(),
    default: false,
  },
} as const satisfies OptionTable;

const askedBeforehand = {
  confirm: {
    schema: z.custom<ConfirmRemoval>((given) => typeof given === "function", "give a function"),
    onResume: "renewed",
    recorded: false,
  },
  confirmPlan: {
    schema: z.custom<ConfirmPlan>((given) => typeof given === "function", "give a function"),
    onResume: "renewed",
    recorded: false,
  },
} as const satisfies OptionTable;

/**
 * Every option of a run, in the order in which bad values are reported. The help orders its sections
 * differently.
 */
export const OPTIONS = {
  ...everyRun.library,
  ...everyRun.place,
  ...everyRun.filters,
  ...everyRun.speed,
  ...everyRun.queue,
  ...everyRun.folder,
  ...everyRun.signing,
  ...everyRun.reports,
  ...everyRun.gates,
  ...parts,
  ...beforehand,
  ...losses,
  ...ways,
  ...assumptions,
  ...removals,
  ...everyRun.olderVersions,
  ...askedBeforehand,
  ...encryption,
  ...everyRun.list,
  ...everyRun.trust,
  ...baseline,
} as const satisfies OptionTable;

/** Validates each option on its own. `resolveOptions` checks how they combine. */
export const fields = schemaOf(OPTIONS);
export type Fields = ReturnType<typeof fields.parse>;

/** The table's entry for an option; for an unknown name, one that is not recorded. */
function declared(name: string): Partial<RunOption> {
  return Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof typeof OPTIONS] : { recorded: false };
}

export function isRenewable(name: string): boolean {
  return declared(name).onResume === "renewed";
}

/**
 * A resumed run may name its store again. The place is compared as a whole, since a provider's endpoint may
 * be given as a URL.
 */
export function isPlace(name: string): boolean {
  return declared(name).onResume === "compared";
}

export function isRecorded(name: string): boolean {
  return declared(name).recorded !== false;
}

/** The command-line spelling of an option, without its argument. */
export function flagName(name: string): string {
  const kebab = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return (
    declared(name)
      .flag?.split(" ", 1)[0]
      ?.replace(/^--no-/, "--") ?? kebab
  );
}
