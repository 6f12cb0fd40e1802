import { UsageError } from "../../migrate/index.js";
import { chaos, SANDBOX_PROFILES, type Sandbox, type SandboxProfile, startSandbox } from "../../sandbox/index.js";
import type { SandboxFlags } from "../declarations/stores-and-keys.js";
import { note, onStdout, print, shellWord } from "../print/terminal.js";

export async function sandbox(flags: SandboxFlags): Promise<void> {
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
