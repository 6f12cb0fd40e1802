import { type Command, Option } from "commander";
import { DEFAULT_FORMATS, REPORT_FORMAT_NAMES } from "../../migrate/report/formats.js";
import { FAIL_ON } from "../fail-on.js";

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
