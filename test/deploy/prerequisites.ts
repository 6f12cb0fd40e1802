import { DEPLOY, DEPLOY_ONLY } from "../length.js";
import { findExecutable } from "../servers/programs.js";

/** The folder that holds Terraform's AWS provider, laid out as a filesystem mirror. */
export const providerMirror = process.env.BUCKETSEAL_TF_MIRROR ?? "";

/** Why a deploy test beyond the short one does not run here; undefined if it does. */
export function deployMissing(): string | undefined {
  return DEPLOY ? terraformMissing() : DEPLOY_ONLY;
}

/** Why real Terraform cannot run here; undefined if it can. */
export function terraformMissing(): string | undefined {
  if (findExecutable("terraform") === undefined) return "terraform is not on the PATH";
  if (providerMirror === "") return "BUCKETSEAL_TF_MIRROR does not name a filesystem mirror with the AWS provider";
  return undefined;
}
