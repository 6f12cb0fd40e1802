import { audit, type GivenOptions, migrate } from "../../migrate/index.js";
import * as table from "../../migrate/options/option-table.js";
import * as everyRun from "../../migrate/options/options-of-every-run.js";
import { FAIL_ON } from "../fail-on.js";
import { askToRemove, networkOfEnvironment, passphraseOfEnvironment } from "./command-inputs.js";
import { type CommandFlags, declareCommand, type FlagsOf, grouped } from "./declare-command.js";
import { runCommand } from "./run-command.js";

const gates = {
  failOn: {
    flag: "--fail-on <names>",
    help: `exit with 1 if there are any, comma-separated: ${FAIL_ON.join(", ")}`,
    takes: "commas",
  },
  allowEmpty: { flag: "--allow-empty", help: "do not exit with 1 if no object was examined" },
} as const satisfies CommandFlags;

const output = {
  json: { flag: "--json", help: "print one JSON object per line on stdout: every outcome, then the summary" },
  quiet: { flag: "--quiet", help: "do not print progress on stderr" },
} as const satisfies CommandFlags;

const ofBoth = {
  ...grouped("Store and buckets:", everyRun.place),
  ...grouped("Objects:", { ...everyRun.filters, ...everyRun.list, ...everyRun.olderVersions }),
  ...grouped("Speed:", everyRun.speed),
  ...grouped("Run and reports:", {
    ...everyRun.folder,
    ...everyRun.trust,
    ...everyRun.reports,
    ...gates,
    ...everyRun.signing,
    ...output,
  }),
};
const words = { "[location...]": "one or more of s3://BUCKET and s3://BUCKET/PREFIX" };

export const auditCommand = declareCommand({
  name: "audit",
  description: "report the encryption status of every object (read-only)",
  words,
  options: { ...ofBoth, ...grouped("Baseline:", table.baseline) },
  examples: `  bucketseal audit s3://invoices --provider ovhcloud --region gra
  bucketseal audit s3://invoices/2025/ --provider aws --fail-on unencrypted
  bucketseal audit s3://invoices --provider aws --baseline last-night
  bucketseal audit --all-buckets --endpoint https://s3.example.com --json`,
  run: (flags, ...locations) => runCommand(audit, toRunOptions(locations, flags), flags),
});

export const migrateCommand = declareCommand({
  name: "migrate",
  description: "encrypt unencrypted objects by copying them onto themselves (default: SSE-S3)",
  words,
  options: {
    ...ofBoth,
    ...grouped("Copies:", {
      ...table.beforehand,
      ...table.assumptions,
      ...table.losses,
      ...table.removals,
      ...table.ways,
      ...table.parts,
    }),
    ...grouped("Encryption and keys:", table.encryption),
  },
  examples: `  bucketseal migrate s3://invoices --provider ovhcloud --region gra --dry-run
  bucketseal migrate s3://invoices --provider ovhcloud --region gra --out run-1
  bucketseal migrate --resume --out run-1 --provider ovhcloud --region gra
  bucketseal migrate --targets outputs.json --provider ovhcloud --set-default
  bucketseal migrate s3://vault --provider aws --ssec-key-file vault.key`,
  run: (flags, ...locations) => runCommand(migrate, toRunOptions(locations, flags), flags),
});

/** These come last in run.json, in this order, whatever the order on the command line. */
const RECORDED_LAST: readonly string[] = [
  "provider",
  "storageClasses",
  "acceptLoss",
  "assume",
  "to",
  "manifestFormat",
  "manifestKeys",
  "race",
  "etag",
  "formats",
  "ocsf",
  "canary",
  "noncurrent",
  "versions",
];

/** Translates flags to the library's options, without checking them. */
function toRunOptions(locations: readonly string[], flags: FlagsOf<typeof ofBoth>): GivenOptions {
  const ofRun = Object.entries(flags).filter(([name]) => Object.hasOwn(table.OPTIONS, name));
  const rank = ([name]: readonly [string, unknown]) => RECORDED_LAST.indexOf(name);
  const last = ofRun.filter((option) => rank(option) >= 0).sort((a, b) => rank(a) - rank(b));
  return {
    ...Object.fromEntries(ofRun.filter((option) => rank(option) < 0)),
    ...passphraseOfEnvironment(),
    ...networkOfEnvironment(),
    locations: locations.length > 0 ? locations : undefined,
    ...Object.fromEntries(last),
    confirm: askToRemove,
  };
}
