import * as table from "../../migrate/options/option-table.js";
import * as everyRun from "../../migrate/options/options-of-every-run.js";
import { type CommandFlags, declareCommand, type FlagsOf, grouped } from "./declare-command.js";

/** The conditions of --fail-on. */
export const FAIL_ON = [
  "unencrypted",
  "noncurrent",
  "refused",
  "failed",
  "sse-c",
  "unknown",
  "no-default",
  "not-seen",
  "not-found",
] as const;
export type FailOn = (typeof FAIL_ON)[number];

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
/** The flags that `audit` and `migrate` have in common. */
export type RunFlags = FlagsOf<typeof ofBoth>;

export const auditCommand = declareCommand({
  options: { ...ofBoth, ...grouped("Baseline:", table.baseline) },
  examples: `  bucketseal audit s3://invoices --provider ovhcloud --region gra
  bucketseal audit s3://invoices/2025/ --provider aws --fail-on unencrypted
  bucketseal audit s3://invoices --provider aws --baseline last-night
  bucketseal audit --all-buckets --endpoint https://s3.example.com --json`,
});

export const migrateCommand = declareCommand({
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
});
