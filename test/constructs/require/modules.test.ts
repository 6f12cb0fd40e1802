import { TerraformHclModule, Testing } from "cdktf";
import { describe, expect, it } from "vitest";
import { RequireEncryption, type RequireEncryptionProps } from "../../../constructs/index.js";
import { synthApp } from "../annotations.js";
import { newStack } from "../synth.js";
import { failure } from "./complaints.js";

function appWithModule(props?: RequireEncryptionProps) {
  const app = Testing.app();
  const stack = newStack("stack", app);
  new TerraformHclModule(stack, "legacy", { source: "terraform-aws-modules/s3-bucket/aws" });
  RequireEncryption.everywhereIn(app, props);
  return { app, stack };
}

const WORDS = /module "stack\/legacy" \(terraform-aws-modules\/s3-bucket\/aws\) was not looked into/;

describe("a Terraform module, whose buckets cannot be seen", () => {
  it.each([["error"], ["warn"], ["fix"]] as const)("is warned of in the mode %s", (mode) => {
    const { annotations } = synthApp(appWithModule({ mode }).app);
    expect(annotations).toEqual([
      expect.objectContaining({ level: "@cdktf/warn", message: expect.stringMatching(WORDS) }),
    ]);
  });

  it("is an error where that is asked for, and nothing where it is accepted", () => {
    expect(() => appWithModule({ modules: "error" }).app.synth()).toThrow(WORDS);
    expect(synthApp(appWithModule({ modules: "ignore" }).app).annotations).toEqual([]);
  });

  it("is seen by the aspect too", () => {
    const stack = newStack();
    new TerraformHclModule(stack, "legacy", { source: "terraform-aws-modules/s3-bucket/aws" });
    expect(failure(stack, { modules: "error" })).toMatch(WORDS);
  });
});
