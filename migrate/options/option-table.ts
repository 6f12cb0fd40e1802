import { z } from "zod";
import { LOSSES } from "../model/object.js";
import { type ConfirmRemoval, ETAG_POLICIES, RACES, VERSION_TREATMENTS } from "../model/policy.js";
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
    help: "do not read again what is as an earlier, verified run saw it",
    schema: text,
    onResume: "renewed",
  },
  baselineSample: {
    flag: "--baseline-sample <percent>",
    help: "read so many of those all the same",
    otherwise: `${DEFAULT_SAMPLE_PERCENT}`,
    schema: percentage,
  },
  baselineSeed: {
    flag: "--baseline-seed <n>",
    help: "what the sample is drawn by",
    otherwise: "drawn, and told",
    schema: wholeNumber(0, Number.MAX_SAFE_INTEGER),
  },
} as const satisfies OptionTable;

/** The options for the steps before the first copy. */
export const beforehand = {
  dryRun: {
    flag: "--dry-run",
    help: "look and plan; write nothing to the bucket",
    schema: z.boolean(),
    default: false,
  },
  setDefault: {
    flag: "--set-default",
    help: "first set the default encryption of a bucket that has none",
    schema: z.boolean(),
    default: false,
  },
  canary: {
    flag: "--no-canary",
    help: "do not try the copy on a throw-away object first",
    schema: z.boolean(),
    default: true,
  },
  capabilities: {
    flag: "--capabilities <file>",
    help: "what `bucketseal probe --json` found earlier, instead of probing again",
    schema: z.string(),
  },
} as const satisfies OptionTable;

export const assumptions = {
  assume: {
    flag: "--assume <what>",
    help: "documented: do not probe the bucket, go by the provider's documents",
    schema: oneOf(["documented"]),
  },
} as const satisfies OptionTable;

export const losses = {
  acceptLoss: {
    flag: "--accept-loss <names>",
    help: "acl,tags,storage-class,metadata,restore: copy what would lose these",
    takes: "commas",
    schema: z.array(oneOf(LOSSES)),
    default: [],
  },
  restoredClass: {
    flag: "--restored-class <name>",
    help: "copy what was restored from an archive into this class, such as STANDARD",
    schema: text,
  },
} as const satisfies OptionTable;

export const removals = {
  versions: {
    flag: "--versions <what>",
    help: "older ones: current (report), replay (re-create encrypted) or purge (remove)",
    schema: oneOf(VERSION_TREATMENTS),
    default: "current",
    helpNamesDefault: true,
  },
  yes: {
    flag: "--yes",
    help: "confirm beforehand what --versions replay or purge removes",
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
    help: "auto, strict (refuse where a write of others could be undone) or off",
    schema: oneOf(RACES),
    default: "auto",
    helpNamesDefault: true,
  },
  etag: {
    flag: "--etag <mode>",
    help: "any or keep: refuse what would get another ETag",
    schema: oneOf(ETAG_POLICIES),
    default: "any",
    helpNamesDefault: true,
  },
  rewriteBelow: {
    flag: "--rewrite-below <size>",
    help: "read and write smaller objects rather than copy them in parts",
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
    help: "of objects that have no parts of their own",
    schema: size,
    default: "512MiB",
  },
} as const satisfies OptionTable;

export const encryption = {
  ssecKeyFile: {
    flag: "--ssec-key-file <file>",
    help: "a key, or a map of them: copy what it opens, too (repeatable)",
    takes: "repeated",
    schema: texts,
    default: [],
    onResume: "renewed",
  },
  to: {
    flag: "--to <encryption>",
    help: "sse-s3 (default), sse-kms: under --kms-key-id, or sse-c: under the key in --to-key-file",
    schema: oneOf(TARGET_NAMES),
    default: "sse-s3",
    helpNamesDefault: true,
  },
  toKeyFile: {
    flag: "--to-key-file <file>",
    help: "the key of --to sse-c, as keygen makes one",
    schema: text,
    onResume: "renewed",
  },
  kmsKeyId: {
    flag: "--kms-key-id <id>",
    help: "the key of --to sse-kms: its id, ARN or alias",
    schema: z.string().regex(/^[\x21-\x7e]+$/, "the id, ARN or alias of a key, of visible ASCII characters"),
  },
  bucketKey: {
    flag: "--bucket-key",
    help: "with --to sse-kms: derive one key a bucket from it, for fewer calls to KMS",
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
  ...everyRun.folder,
  ...everyRun.signing,
  ...everyRun.reports,
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
