import { UsageError } from "../../migrate/index.js";
import { chaos, SANDBOX_PROFILES, type Sandbox, type SandboxProfile, startSandbox } from "../../sandbox/index.js";
import { note, onStdout, print, shellWord } from "../print/terminal.js";
import { type CommandFlags, declareCommand, type FlagsOf } from "./declare-command.js";

/** Every other command calls `ovh` `ovhcloud`. */
const PROVIDERS: readonly (SandboxProfile | "ovhcloud")[] = [...SANDBOX_PROFILES, "ovhcloud"];

const options = {
  port: { flag: "--port <n>", help: "port to listen on; 0 chooses a free one", preset: "0" },
  provider: { flag: "--provider <name>", help: "store to imitate", choices: PROVIDERS, preset: "ovh" },
  region: { flag: "--region <name>", help: "region that requests must be signed for", preset: "gra" },
  data: { flag: "--data <folder>", help: "keep the buckets in this folder", otherwise: "in memory" },
  chaos: {
    flag: "--chaos <seed>",
    help: "inject faults into one request in ten (refused, throttled, slow, cut off); the same seed gives the same faults",
  },
} as const satisfies CommandFlags;
type SandboxFlags = FlagsOf<typeof options>;

export const sandboxCommand = declareCommand({
  name: "sandbox",
  description: "run a local S3 endpoint that reports which objects are encrypted, for rehearsals",
  words: {},
  options,
  examples: `  bucketseal sandbox --port 9000
  bucketseal sandbox --data ./rehearsal --provider aws --region eu-west-3
  bucketseal sandbox --chaos 7`,
  run: sandbox,
});

async function sandbox(flags: SandboxFlags): Promise<void> {
  const running = await start(flags);
  describe(running, flags);
  note("stop it with Ctrl-C");
  await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  await running.close();
}

async function start({ port, provider, region, data, chaos: seed }: SandboxFlags): Promise<Sandbox> {
  const number = wholeNumber(port);
  const problems = [
    ...(number <= 65_535 ? [] : [`--port: "${port}" is not allowed: give a number from 0 to 65535`]),
    ...(/^[a-z0-9-]+$/.test(region)
      ? []
      : [
          `--region: "${region}" is not allowed: give a name in lower-case letters, digits and hyphens, such as eu-west-par`,
        ]),
    ...(seed === undefined || Number.isSafeInteger(wholeNumber(seed))
      ? []
      : [`--chaos: "${seed}" is not allowed: give a whole number, such as 7`]),
  ];
  if (problems.length > 0) throw new UsageError(problems);
  try {
    return await startSandbox({
      port: number,
      profile: sandboxProfile(provider),
      region,
      ...(data ? { dataDir: data } : {}),
      ...(seed === undefined ? {} : { intercept: chaos({ seed: Number(seed) }) }),
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw new UsageError([`--port: ${port} is in use: give another, or 0 for any free one`]);
    throw error;
  }
}

/** commander accepts only these names. */
function sandboxProfile(provider: string): SandboxProfile {
  return SANDBOX_PROFILES.find((profile) => profile === provider) ?? "ovh";
}

function wholeNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function describe({ endpoint, region, credentials }: Sandbox, { provider, data, chaos: seed }: SandboxFlags): void {
  print(`${onStdout.bold(endpoint)}, region ${region}, behaving like ${provider}, ${data ?? "in memory"}`);
  if (seed !== undefined) print(`one request in ten gets a fault, by seed ${seed}`);
  print();
  print(`export AWS_ACCESS_KEY_ID=${credentials.accessKeyId}`);
  print(`export AWS_SECRET_ACCESS_KEY=${shellWord(credentials.secretAccessKey)}`);
  // Version 1 of the AWS CLI reads only the second variable.
  print(`export AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ENDPOINT_URL=${endpoint}`);
  print();
  print(`bucketseal audit s3://BUCKET --provider ovhcloud --region ${region} --endpoint ${endpoint}`);
}
