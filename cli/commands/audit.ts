import { Command } from "commander";
import { audit } from "../../migrate/index.js";
import { runCommand } from "./run-command.js";
import { addRunFlags } from "./run-flags.js";
import type { RunFlags } from "./run-flags-to-options.js";

const EXAMPLES = `
Examples:
  bucketseal audit s3://invoices --provider ovhcloud --region gra
  bucketseal audit s3://invoices/2025/ --provider aws --fail-on unencrypted
  bucketseal audit --all-buckets --endpoint https://s3.example.com --json`;

export function auditCommand(): Command {
  const command = new Command("audit").description("say of every object whether it is encrypted; changes nothing");
  return addRunFlags(command)
    .addHelpText("after", EXAMPLES)
    .action((locations: string[], flags: RunFlags) => runCommand(audit, locations, flags));
}
