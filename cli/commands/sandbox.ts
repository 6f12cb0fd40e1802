import { Command, Option } from "commander";
import { UsageError } from "../../migrate/index.js";
import { SANDBOX_PROFILES, type SandboxProfile, startSandbox } from "../../sandbox/index.js";
import { note, onStdout, print } from "../print/terminal.js";

const EXAMPLES = `
Examples:
  bucketseal sandbox --port 9000
  bucketseal sandbox --data ./rehearsal --provider aws`;

interface SandboxFlags {
  readonly port: string;
  readonly provider: SandboxProfile;
  readonly data?: string;
}

export function sandboxCommand(): Command {
  return new Command("sandbox")
    .description("an S3 endpoint on this machine that tells encrypted from plaintext objects, for rehearsals")
    .option("--port <n>", "0 for any that is free", "0")
    .addOption(new Option("--provider <name>", "which store to behave like").choices(SANDBOX_PROFILES).default("ovh"))
    .option("--data <folder>", "keep the buckets in this folder (default: in memory)")
    .addHelpText("after", EXAMPLES)
    .action(sandbox);
}

async function sandbox({ port, provider, data }: SandboxFlags): Promise<void> {
  const number = /^\d+$/.test(port) ? Number(port) : Number.NaN;
  if (!(number <= 65_535)) throw new UsageError([`--port: "${port}" is not allowed: give a number from 0 to 65535`]);
  const running = await startSandbox({ port: number, profile: provider, ...(data ? { dataDir: data } : {}) });
  print(
    `${onStdout.bold(running.endpoint)}, region ${running.region}, behaving like ${provider}; ${data ?? "in memory"}`,
  );
  print();
  print(`export AWS_ACCESS_KEY_ID=${running.credentials.accessKeyId}`);
  print(`export AWS_SECRET_ACCESS_KEY=${running.credentials.secretAccessKey}`);
  print(`export AWS_REGION=${running.region} AWS_ENDPOINT_URL=${running.endpoint}`);
  print();
  print(`bucketseal audit s3://BUCKET --provider ovhcloud --region ${running.region} --endpoint ${running.endpoint}`);
  note("stop it with Ctrl-C");
  await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  await running.close();
}
