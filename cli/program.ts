import { Command } from "commander";
import { TOOL_VERSION, UsageError } from "../migrate/index.js";
import type { CommandFlags } from "./declarations/command-flag.js";
import type { CommandDeclaration, Work } from "./declarations/declare-command.js";
import { EXIT_WORDS, exitCodeLines } from "./exit-codes.js";
import { print } from "./print/terminal.js";

const NAME = "bucketseal";

/** The description of a command in the main help, and a pointer to the rest. */
interface Outline<O extends CommandFlags = CommandFlags> {
  readonly name: string;
  readonly description: string;
  /** Its arguments, each with its help. */
  readonly words: Readonly<Record<string, string>>;
  /** Loaded if the command is named. */
  readonly declaration: () => Promise<CommandDeclaration<O>>;
  /** Loaded if the command is run. */
  readonly work: () => Promise<Work<O>>;
}

/** Checks that the work of a command accepts its options. */
function outline<O extends CommandFlags>(given: Outline<O>): Outline {
  return given as unknown as Outline;
}

const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

async function printCompletion(_flags: object, given: string): Promise<void> {
  const shell = SHELLS.find((name) => name === given);
  if (shell === undefined)
    throw new UsageError([`"${given}" is not a shell with completion: give one of ${SHELLS.join(", ")}`]);
  const { script } = await import("@bomb.sh/tab");
  script(shell, NAME, NAME);
}

const LOCATIONS = { "[location...]": "one or more of s3://BUCKET and s3://BUCKET/PREFIX" };
const RUN_FOLDER = { "<run-folder>": "the folder that audit or migrate wrote" };

export const COMMANDS: readonly Outline[] = [
  outline({
    name: "targets",
    description: "list the buckets that a CDKTF app declares or that Terraform deployed",
    words: { "<path>": "file or folder that lists the buckets" },
    declaration: async () => (await import("./declarations/stores-and-keys.js")).targetsCommand,
    work: async () => (await import("./commands/targets-and-keys.js")).targets,
  }),
  outline({
    name: "probe",
    description: "find out what a bucket's store supports, with test objects that are deleted again",
    words: {
      "<location>": "s3://BUCKET or s3://BUCKET/PREFIX; the keys of the test objects begin with PREFIX",
    },
    declaration: async () => (await import("./declarations/stores-and-keys.js")).probeCommand,
    work: async () => (await import("./commands/probe.js")).runProbe,
  }),
  outline({
    name: "audit",
    description: "report the encryption status of every object (read-only)",
    words: LOCATIONS,
    declaration: async () => (await import("./declarations/runs.js")).auditCommand,
    work: async () => (await import("./commands/run-command.js")).runAudit,
  }),
  outline({
    name: "migrate",
    description: "encrypt unencrypted objects by copying them onto themselves (default: SSE-S3)",
    words: LOCATIONS,
    declaration: async () => (await import("./declarations/runs.js")).migrateCommand,
    work: async () => (await import("./commands/run-command.js")).runMigrate,
  }),
  outline({
    name: "worker",
    description: "do the work of runs that another machine coordinates with --queue",
    words: {},
    declaration: async () => (await import("./declarations/runs.js")).workerCommand,
    work: async () => (await import("./commands/queue.js")).runWorker,
  }),
  outline({
    name: "queue",
    description: "show the runs of a queue and their workers, or remove what was left behind",
    words: { "<action>": "status or drain" },
    declaration: async () => (await import("./declarations/runs.js")).queueCommand,
    work: async () => (await import("./commands/queue.js")).runQueue,
  }),
  outline({
    name: "verify",
    description: "check that a run folder is complete, consistent and unmodified",
    words: RUN_FOLDER,
    declaration: async () => (await import("./declarations/run-folders.js")).verifyCommand,
    work: async () => (await import("./commands/verify.js")).verify,
  }),
  outline({
    name: "sign",
    description: "verify a run folder and sign its manifest",
    words: RUN_FOLDER,
    declaration: async () => (await import("./declarations/run-folders.js")).signCommand,
    work: async () => (await import("./commands/targets-and-keys.js")).sign,
  }),
  outline({
    name: "report",
    description: "write the reports of a run again, from its journal",
    words: RUN_FOLDER,
    declaration: async () => (await import("./declarations/run-folders.js")).reportCommand,
    work: async () => (await import("./commands/verify.js")).report,
  }),
  outline({
    name: "diff",
    description: "compare two runs: what became encrypted, is new, is gone or regressed",
    words: { "<earlier>": "the run folder of the earlier run", "<later>": "the run folder of the later run" },
    declaration: async () => (await import("./declarations/run-folders.js")).diffCommand,
    work: async () => (await import("./commands/diff.js")).diff,
  }),
  outline({
    name: "sandbox",
    description: "run a local S3 endpoint that reports which objects are encrypted, for rehearsals",
    words: {},
    declaration: async () => (await import("./declarations/stores-and-keys.js")).sandboxCommand,
    work: async () => (await import("./commands/sandbox.js")).sandbox,
  }),
  outline({
    name: "keygen",
    description: "create a file with a new 256-bit key for SSE-C, and print the key's MD5",
    words: { "<file>": "a file that does not exist yet" },
    declaration: async () => (await import("./declarations/stores-and-keys.js")).keygenCommand,
    work: async () => (await import("./commands/targets-and-keys.js")).keygen,
  }),
  outline({
    name: "demo",
    description: "run declare, audit, migrate, verify and report on a bucket of the built-in sandbox",
    words: {},
    declaration: async () => (await import("./declarations/stores-and-keys.js")).demoCommand,
    work: async () => (await import("./commands/demo.js")).demo,
  }),
  outline({
    name: "completion",
    description: "print a script that makes a shell complete commands and options",
    words: { "<shell>": SHELLS.join(", ") },
    declaration: async () => (await import("./declarations/stores-and-keys.js")).completionCommand,
    work: async () => printCompletion,
  }),
  outline({
    name: "version",
    description: "print the version",
    words: {},
    declaration: async () => (await import("./declarations/stores-and-keys.js")).versionCommand,
    work: async () => () => print(TOOL_VERSION),
  }),
];

export const CREDENTIALS = `Credentials come from the environment or ~/.aws, as with every AWS tool; never
from an option.`;

/** The program with all that its main help shows, and with the options of the commands that these words name. */
export async function createProgram(words: readonly string[], outlines = COMMANDS): Promise<Command> {
  const program = new Command(NAME)
    .description("Encrypt the objects that an S3 bucket held before its encryption was switched on, and prove it.")
    .version(TOOL_VERSION)
    .addHelpText("after", `\nExit codes:\n${exitCodeLines(EXIT_WORDS)}\n\n${CREDENTIALS}`)
    .showHelpAfterError("(add --help for usage)")
    .showSuggestionAfterError()
    .exitOverride();
  for (const outlined of outlines) {
    const command = await createCommand(outlined, words.includes(outlined.name));
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}

async function createCommand({ name, description, words, declaration, work }: Outline, isNamed: boolean) {
  const command = new Command(name).description(description);
  for (const [word, help] of Object.entries(words)) command.argument(word, help);
  if (!isNamed) return command;
  const { completeCommand } = await import("./declarations/declare-command.js");
  return completeCommand(command, await declaration(), work);
}
