import { Command } from "commander";
import { TOOL_VERSION } from "../migrate/index.js";
import { auditCommand, migrateCommand } from "./commands/audit-migrate.js";
import { type CommandDeclaration, createCommand, exitCodeLines } from "./commands/declare-command.js";
import { demoCommand } from "./commands/demo.js";
import { diffCommand } from "./commands/diff.js";
import { keygenCommand } from "./commands/keygen.js";
import { probeCommand } from "./commands/probe.js";
import { reportCommand } from "./commands/report.js";
import { sandboxCommand } from "./commands/sandbox.js";
import { signCommand } from "./commands/sign.js";
import { targetsCommand } from "./commands/targets.js";
import { verifyCommand } from "./commands/verify.js";
import { EXIT_WORDS } from "./exit-codes.js";

export const COMMANDS: readonly CommandDeclaration[] = [
  targetsCommand,
  probeCommand,
  auditCommand,
  migrateCommand,
  verifyCommand,
  signCommand,
  reportCommand,
  diffCommand,
  sandboxCommand,
  keygenCommand,
  demoCommand,
];

export const CREDENTIALS = `Credentials come from the environment or ~/.aws, as with every AWS tool; never
from an option.`;

export function createProgram(): Command {
  const program = new Command("bucketseal")
    .description("Encrypt the objects that an S3 bucket held before its encryption was switched on, and prove it.")
    .version(TOOL_VERSION)
    .addHelpText("after", `\nExit codes:\n${exitCodeLines(EXIT_WORDS)}\n\n${CREDENTIALS}`)
    .showHelpAfterError("(add --help for usage)")
    .showSuggestionAfterError()
    .exitOverride();
  for (const declared of COMMANDS) program.addCommand(createCommand(declared).copyInheritedSettings(program));
  return program;
}
