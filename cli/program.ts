import { Command } from "commander";
import { TOOL_VERSION } from "../migrate/index.js";
import { auditCommand } from "./commands/audit.js";
import { demoCommand } from "./commands/demo.js";
import { diffCommand } from "./commands/diff.js";
import { keygenCommand } from "./commands/keygen.js";
import { migrateCommand } from "./commands/migrate.js";
import { probeCommand } from "./commands/probe.js";
import { reportCommand } from "./commands/report.js";
import { sandboxCommand } from "./commands/sandbox.js";
import { signCommand } from "./commands/sign.js";
import { targetsCommand } from "./commands/targets.js";
import { verifyCommand } from "./commands/verify.js";

const EXIT_CODES = `
Exit codes:
  0    done
  1    some objects failed or were refused, what --fail-on names was found,
       or nothing was examined; verify, sign: the report does not hold
  2    bad usage
  3    the bucket cannot be read at all (credentials, endpoint, no such bucket)
  70   a bug of bucketseal, with the lines to report it
  130  interrupted; the journal is kept, and --resume goes on

Credentials come from the environment or ~/.aws, as with every AWS tool; never
from an option.`;

export function createProgram(): Command {
  const commands = [
    targetsCommand(),
    probeCommand(),
    auditCommand(),
    migrateCommand(),
    verifyCommand(),
    signCommand(),
    reportCommand(),
    diffCommand(),
    sandboxCommand(),
    keygenCommand(),
    demoCommand(),
  ];
  const program = new Command("bucketseal")
    .description("Encrypt in place what a bucket held before its encryption was switched on, and prove it.")
    .version(TOOL_VERSION)
    .addHelpText("after", EXIT_CODES)
    .showHelpAfterError("(add --help for what is allowed)")
    .showSuggestionAfterError()
    .exitOverride();
  for (const command of commands) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}
