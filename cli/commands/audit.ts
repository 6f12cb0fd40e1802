import { Command } from "commander";
import { audit } from "../../migrate/index.js";
import { runCommand } from "./run-command.js";
import { addRunFlags, type RunFlags } from "./run-flags.js";

const EXAMPLES = `
Examples:
  bucketseal audit s3://invoices --provider ovhcloud --region gra
  bucketseal audit s3://invoices/2025/ --provider aws --fail-on unencrypted
  bucketseal audit s3://invoices --provider aws --baseline last-night
  bucketseal audit --all-buckets --endpoint https://s3.example.com --json`;

export function auditCommand(): Command {
  const command = new Command("audit").description("say of every object whether it is encrypted; changes nothing");
  return addRunFlags(command)
    .optionsGroup("Auditing again:")
    .option("--baseline <folder>", "do not read again what is as an earlier, verified run saw it")
    .option("--baseline-sample <percent>", "read so many of those all the same (default: 1)")
    .option("--baseline-seed <n>", "what the sample is drawn by (default: drawn, and told)")
    .addHelpText("after", EXAMPLES)
    .action((locations: string[], flags: RunFlags) => runCommand(audit, locations, flags));
}
