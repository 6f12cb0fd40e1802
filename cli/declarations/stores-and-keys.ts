import { place, speed } from "../../migrate/options/options-of-every-run.js";
import { SANDBOX_PROFILES, type SandboxProfile } from "../../sandbox/index.js";
import { type CommandFlags, logging } from "./command-flag.js";
import { declareCommand, type FlagsOf } from "./declare-command.js";
import { prefix } from "./runs.js";

const targetsOptions = {
  json: { flag: "--json", help: "print one JSON object per line on stdout" },
} as const satisfies CommandFlags;
export type TargetsFlags = FlagsOf<typeof targetsOptions>;

export const targetsCommand = declareCommand({
  options: targetsOptions,
  notes: `PATH is a cdktf.out folder, one of its stacks, a file made by
\`terraform output -json\` or \`cdktf output --outputs-file\`, or - for stdin.
audit and migrate accept the same with --targets.`,
  examples: `  bucketseal targets cdktf.out
  terraform -chdir=cdktf.out/stacks/storage output -json | bucketseal targets -
  bucketseal targets outputs.json --json`,
});

const probeOptions = {
  provider: {
    ...place.provider,
    help: "provider to compare with, such as ovhcloud or aws",
    otherwise: "detected from --endpoint",
  },
  region: place.region,
  endpoint: place.endpoint,
  prefix,
  pathStyle: place.pathStyle,
  profile: place.profile,
  expectedBucketOwner: { ...place.expectedBucketOwner, help: "account ID that must own the bucket" },
  requesterPays: place.requesterPays,
  readsPerSecond: speed.readsPerSecond,
  writesPerSecond: speed.writesPerSecond,
  json: {
    flag: "--json",
    help: "print one JSON object per line on stdout: every finding, then the probe with the capabilities",
  },
  ...logging,
} as const satisfies CommandFlags;
export type ProbeFlags = FlagsOf<typeof probeOptions>;

export const probeCommand = declareCommand({
  options: probeOptions,
  exitCodes: {
    0: "every question was answered, or the bucket locks objects by default",
    1: "permissions are missing, a call failed, or an object could not be removed",
    3: "the bucket cannot be read at all",
  },
  examples: `  bucketseal probe s3://invoices --provider ovhcloud --region gra
  bucketseal probe s3://invoices/tmp/ --provider aws --region eu-west-3
  bucketseal probe s3://invoices --endpoint https://s3.example.com --json`,
});

/** Every other command calls `ovh` `ovhcloud`. */
const PROVIDERS: readonly (SandboxProfile | "ovhcloud")[] = [...SANDBOX_PROFILES, "ovhcloud"];

const sandboxOptions = {
  port: { variable: "sandbox-port", flag: "--port <n>", help: "port to listen on; 0 chooses a free one", preset: "0" },
  provider: {
    variable: "sandbox-provider",
    flag: "--provider <name>",
    help: "store to imitate",
    choices: PROVIDERS,
    preset: "ovh",
  },
  region: {
    variable: "sandbox-region",
    flag: "--region <name>",
    help: "region that requests must be signed for",
    preset: "gra",
  },
  data: {
    variable: "sandbox-data",
    flag: "--data <folder>",
    help: "keep the buckets in this folder",
    otherwise: "in memory",
  },
  chaos: {
    variable: "sandbox-chaos",
    flag: "--chaos <seed>",
    help: "inject faults into one request in ten (refused, throttled, slow, cut off); the same seed gives the same faults",
  },
} as const satisfies CommandFlags;
export type SandboxFlags = FlagsOf<typeof sandboxOptions>;

export const sandboxCommand = declareCommand({
  options: sandboxOptions,
  examples: `  bucketseal sandbox --port 9000
  bucketseal sandbox --data ./rehearsal --provider aws --region eu-west-3
  bucketseal sandbox --chaos 7`,
});

export const keygenCommand = declareCommand({
  options: {},
  examples: `  bucketseal keygen vault.key
  aws s3api put-object --bucket vault --key letter --body letter.txt \\
    --sse-customer-algorithm AES256 --sse-customer-key fileb://vault.key`,
  closing: "Only you have this key. If it is lost, every object under it is lost too.",
});

const demoOptions = {
  out: {
    variable: "demo-out",
    flag: "--out <folder>",
    help: "folder for the reports",
    otherwise: "a new folder in bucketseal-runs/",
  },
} as const satisfies CommandFlags;
export type DemoFlags = FlagsOf<typeof demoOptions>;

export const demoCommand = declareCommand({
  options: demoOptions,
  examples: `  bucketseal demo
  bucketseal demo --out demo-1`,
});

export const completionCommand = declareCommand({
  options: {},
  examples: `  source <(bucketseal completion bash)
  bucketseal completion zsh > ~/.zfunc/_bucketseal
  bucketseal completion fish > ~/.config/fish/completions/bucketseal.fish`,
});

export const versionCommand = declareCommand({ options: {}, examples: "  bucketseal version" });
