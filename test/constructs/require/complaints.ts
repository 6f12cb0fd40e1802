import { Aspects, type TerraformStack, TerraformVariable, Testing } from "cdktf";
import { RequireEncryption, type RequireEncryptionProps } from "../../../constructs/index.js";

/** Why a synth with the aspect fails; empty if it passes. */
export function failure(stack: TerraformStack, props: RequireEncryptionProps = {}): string {
  Aspects.of(stack).add(new RequireEncryption(props));
  try {
    Testing.fullSynth(stack);
    return "";
  } catch (error) {
    return String(error);
  }
}

/** The paths of the buckets that a synth with the aspect reports. */
export function complaints(stack: TerraformStack, props: RequireEncryptionProps = {}): string[] {
  return bucketsIn(failure(stack, props));
}

export function bucketsIn(text: string): string[] {
  return [...text.matchAll(/bucket "([^"]+)" has no encryption default/g)].map(([, path]) => path ?? "");
}

export const rule = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }];

/** A reference that Terraform resolves. */
export function variable(stack: TerraformStack, id: string): string {
  return new TerraformVariable(stack, id, {}).stringValue;
}
