import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "./run-program.js";
import { lastLine } from "./synthesise.js";

export type Applied = { readonly kind: "applied" } | { readonly kind: "impossible"; readonly because: string };

const TIME_LIMIT_MS = 60_000;

/**
 * Applies the stack with the Terraform of this machine, where its AWS provider is at hand too: the demo downloads nothing.
 * BUCKETSEAL_TF_MIRROR names a filesystem mirror, as `terraform providers mirror` makes one.
 */
export async function applyStack(stackDir: string, workDir: string, env: NodeJS.ProcessEnv): Promise<Applied> {
  const mirror = env.BUCKETSEAL_TF_MIRROR;
  const found = await runProgram("terraform", ["version"], { cwd: workDir, env, timeout: TIME_LIMIT_MS });
  if (found.code !== 0) return { kind: "impossible", because: "Terraform is not installed" };
  if (!mirror) {
    return { kind: "impossible", because: "BUCKETSEAL_TF_MIRROR names no mirror with Terraform's AWS provider" };
  }
  const config = join(workDir, "terraform.rc");
  await writeFile(
    config,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  const terraformEnv = { ...env, TF_CLI_CONFIG_FILE: config, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
  for (const args of [
    ["init", "-input=false"],
    ["apply", "-auto-approve", "-input=false"],
  ]) {
    const options = { cwd: stackDir, env: terraformEnv, timeout: TIME_LIMIT_MS };
    const { code, output } = await runProgram("terraform", [...args, "-no-color"], options);
    if (code !== 0) return { kind: "impossible", because: `terraform ${args[0]} failed: ${lastLine(output)}` };
  }
  return { kind: "applied" };
}
