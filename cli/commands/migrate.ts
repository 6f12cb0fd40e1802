import { Command } from "commander";
import { migrate } from "../../migrate/index.js";
import { runCommand } from "./run-command.js";
import { addRunFlags, collect, commaSeparated, type RunFlags } from "./run-flags.js";

const EXAMPLES = `
Examples:
  bucketseal migrate s3://invoices --provider ovhcloud --region gra --dry-run
  bucketseal migrate s3://invoices --provider ovhcloud --region gra --out run-1
  bucketseal migrate --resume --out run-1 --provider ovhcloud --region gra
  bucketseal migrate --targets outputs.json --provider ovhcloud --set-default
  bucketseal migrate s3://vault --provider aws --ssec-key-file vault.key`;

export function migrateCommand(): Command {
  const command = new Command("migrate").description("copy every unencrypted object onto itself with SSE-S3 (AES256)");
  return addRunFlags(command)
    .optionsGroup("What is written:")
    .option("--dry-run", "look and plan; write nothing to the bucket")
    .option("--set-default", "first set the default encryption of a bucket that has none")
    .option("--no-canary", "do not try the copy on a throw-away object first")
    .option("--capabilities <file>", "what `bucketseal probe --json` found earlier, instead of probing again")
    .option("--assume <what>", "documented: do not probe the bucket, go by the provider's documents")
    .option(
      "--accept-loss <names>",
      "acl,tags,storage-class,metadata,restore: copy what would lose these",
      commaSeparated,
    )
    .option("--restored-class <name>", "copy what was restored from an archive into this class, such as STANDARD")
    .option("--versions <what>", "older ones: current (report), replay (re-create encrypted) or purge (remove)")
    .option("--yes", "confirm beforehand what --versions replay or purge removes")
    .option("--race <mode>", "auto, strict (refuse where a write of others could be undone) or off")
    .option("--etag <mode>", "any or keep: refuse what would get another ETag")
    .option("--rewrite-below <size>", "read and write smaller objects rather than copy them in parts (default: 1MiB)")
    .option("--copy-cutoff <size>", "copy larger objects in parts (default: the store's limit, usually 5GiB)")
    .option("--part-size <size>", "of objects that have no parts of their own (default: 512MiB)")
    .optionsGroup("Customer keys (SSE-C):")
    .option("--ssec-key-file <file>", "a key, or a map of them: copy what it opens, too (repeatable)", collect)
    .option("--to <encryption>", "sse-s3 (default), or sse-c: under the key in --to-key-file")
    .option("--to-key-file <file>", "the key of --to sse-c, as keygen makes one")
    .addHelpText("after", EXAMPLES)
    .action((locations: string[], flags: RunFlags) => runCommand(migrate, locations, flags));
}
