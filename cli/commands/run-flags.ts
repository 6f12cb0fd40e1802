import { type Command, Option } from "commander";
import type {
  EtagPolicy,
  GivenOptions,
  Loss,
  MigrateOptions,
  Race,
  ReportFormatName,
  VersionTreatment,
} from "../../migrate/index.js";
import { DEFAULT_FORMATS, REPORT_FORMAT_NAMES } from "../../migrate/report/formats.js";
import type { ProviderId } from "../../providers/index.js";
import { FAIL_ON } from "../fail-on.js";
import { askToRemove } from "./ask-to-remove.js";
import { networkOfEnvironment, passphraseOfEnvironment } from "./command-inputs.js";

/** The help of an option that every command has that signs. */
export const PASSPHRASE_FILE = "the passphrase of that key (or BUCKETSEAL_SIGN_PASSPHRASE in the environment)";

export const collect = (value: string, earlier: string[] = []) => [...earlier, value];
/** `a,b` and repeated alike. */
export const commaSeparated = (value: string, earlier: string[] = []) => [...earlier, ...value.split(",")];

/** What `audit` and `migrate` share. Values are checked by the library, all of them together. */
export function addRunFlags(command: Command): Command {
  return command
    .argument("[location...]", "s3://BUCKET or s3://BUCKET/PREFIX, several if need be")
    .optionsGroup("Where:")
    .option(
      "--provider <name>",
      "ovhcloud, aws, scaleway, ceph-rgw, minio, cloudflare-r2, wasabi, backblaze-b2, generic",
    )
    .option("--region <region>", "the provider's region, such as gra or eu-west-par")
    .option("--endpoint <url>", "the store's URL, where it is not the provider's own")
    .option("--path-style", "put the bucket in the path (as with --endpoint)")
    .option("--no-path-style", "put the bucket in the host name")
    .option("--profile <name>", "a profile of ~/.aws/credentials")
    .option("--expected-bucket-owner <id>", "the account that must own the buckets")
    .option("--requester-pays", "pay for the requests to a requester-pays bucket")
    .option("--targets <path>", "the buckets that a cdktf.out folder or `terraform output -json` names: see targets")
    .option("--all-buckets", "every bucket that the credentials list")
    .optionsGroup("Which objects:")
    .option("--include <glob>", "only keys that match; * crosses /, as in aws s3 (repeatable)", collect)
    .option("--exclude <glob>", "no key that matches (repeatable)", collect)
    .option("--min-size <size>", "such as 512KiB or 1GiB")
    .option("--max-size <size>", "such as 512KiB or 1GiB")
    .option("--modified-before <date>", "ISO 8601, such as 2026-01-31 or 2026-01-31T08:00:00Z")
    .option("--modified-after <date>", "ISO 8601")
    .option("--storage-class <name>", "only objects of this class (repeatable)", collect)
    .option("--manifest <file>", "only what this names: an S3 Inventory (manifest.json or CSV), keys, or a run folder")
    .option("--manifest-format <name>", "inventory, keys, keys0 (NUL after each) or journal (default: by its name)")
    .option("--manifest-keys <how>", "raw or url-encoded: url (default: url of an inventory, raw of a list of keys)")
    .option("--no-noncurrent", "do not look at older versions, where a bucket keeps any: saves one HEAD each")
    .optionsGroup("How fast:")
    .option("--concurrency <n>", "objects in flight at once (default: 64)")
    .option("--reads-per-second <n>", "at most (default: the provider's documented limit)")
    .option("--writes-per-second <n>", "at most (default: the provider's documented limit)")
    .optionsGroup("The run:")
    .option("--out <folder>", "the run folder (default: a new one in bucketseal-runs/)")
    .option("--resume", "go on with the interrupted run in --out, at the --endpoint or --provider given")
    .option(
      "--public-key <file>",
      "a key that must have signed the --baseline, or the run to --resume (repeatable)",
      collect,
    )
    .option(
      "--format <names>",
      `which reports: ${REPORT_FORMAT_NAMES.join(",")} (default: ${DEFAULT_FORMATS.join(",")})`,
      commaSeparated,
    )
    .option("--ocsf <which>", "OCSF of findings, or of all objects (default: findings)")
    .option(
      "--fail-on <names>",
      `exit with 1 where there are any (several by commas): ${FAIL_ON.join(", ")}`,
      commaSeparated,
    )
    .option("--allow-empty", "do not exit with 1 if there was no object to examine")
    .option("--sign <file>", "sign the manifest with this Ed25519 or ECDSA P-256 private key (PEM)")
    .option("--sign-passphrase-file <file>", PASSPHRASE_FILE)
    .option("--json", "one JSON object a line on stdout: every outcome, then the summary")
    .addOption(new Option("--quiet", "no progress on stderr"));
}

/** Flags as commander hands them over: text, until the library has checked it. */
export interface RunFlags {
  readonly provider?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly pathStyle?: boolean;
  readonly profile?: string;
  readonly expectedBucketOwner?: string;
  readonly requesterPays?: boolean;
  readonly targets?: string;
  readonly allBuckets?: boolean;
  readonly include?: string[];
  readonly exclude?: string[];
  readonly minSize?: string;
  readonly maxSize?: string;
  readonly modifiedBefore?: string;
  readonly modifiedAfter?: string;
  readonly storageClass?: string[];
  readonly concurrency?: string;
  readonly readsPerSecond?: string;
  readonly writesPerSecond?: string;
  readonly out?: string;
  readonly sign?: string;
  readonly signPassphraseFile?: string;
  readonly resume?: boolean;
  readonly publicKey?: string[];
  readonly format?: string[];
  readonly ocsf?: string;
  readonly failOn?: string[];
  readonly allowEmpty?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly dryRun?: boolean;
  readonly setDefault?: boolean;
  readonly canary?: boolean;
  readonly capabilities?: string;
  readonly acceptLoss?: string[];
  readonly restoredClass?: string;
  readonly assume?: string;
  readonly race?: string;
  readonly etag?: string;
  readonly rewriteBelow?: string;
  readonly copyCutoff?: string;
  readonly partSize?: string;
  readonly noncurrent?: boolean;
  readonly versions?: string;
  readonly yes?: boolean;
  readonly ssecKeyFile?: string[];
  readonly to?: string;
  readonly toKeyFile?: string;
  readonly manifest?: string;
  readonly manifestFormat?: string;
  readonly manifestKeys?: string;
  readonly baseline?: string;
  readonly baselineSample?: string;
  readonly baselineSeed?: string;
}

/** The library's options; names that it spells otherwise are translated here, and nothing is judged. */
export function runFlagsToOptions(locations: readonly string[], flags: RunFlags): GivenOptions {
  const {
    provider,
    storageClass,
    format,
    ocsf,
    canary,
    noncurrent,
    versions,
    manifestFormat,
    manifestKeys,
    race,
    etag,
    assume,
    acceptLoss,
    to,
    failOn: _failOn,
    allowEmpty: _allowEmpty,
    json: _json,
    quiet: _quiet,
    ...same
  } = flags;
  return {
    ...same,
    ...passphraseOfEnvironment(),
    ...networkOfEnvironment(),
    locations: locations.length > 0 ? locations : undefined,
    provider: provider as ProviderId | undefined,
    storageClasses: storageClass,
    acceptLoss: acceptLoss as Loss[] | undefined,
    assume: assume as MigrateOptions["assume"],
    to: to as MigrateOptions["to"],
    manifestFormat: manifestFormat as GivenOptions["manifestFormat"],
    manifestKeys: manifestKeys as GivenOptions["manifestKeys"],
    race: race as Race | undefined,
    etag: etag as EtagPolicy | undefined,
    formats: format as ReportFormatName[] | undefined,
    ocsf: ocsf as MigrateOptions["ocsf"],
    // commander fills in `true`, which nobody gave, and a resumed run would take for a changed option.
    canary: canary === false ? false : undefined,
    noncurrent: noncurrent === false ? false : undefined,
    versions: versions as VersionTreatment | undefined,
    confirm: askToRemove,
  };
}
