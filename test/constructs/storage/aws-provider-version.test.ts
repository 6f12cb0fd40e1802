import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import type { TerraformStack } from "cdktf";
import { describe, expect, it } from "vitest";
import { ObjectStorageProvider, type ObjectStorageProviderProps } from "../../../constructs/index.js";
import {
  intersection,
  isEmpty,
  versionNumber,
  versionRange,
  workingVersion,
} from "../../../constructs/storage/aws-provider-version.js";
import { newStack, stackOnOvhcloud, synth } from "../synth.js";

const required = (stack: TerraformStack) => synth(stack).terraform.required_providers.aws.version;

function onAws(stack: TerraformStack, props: Partial<ObjectStorageProviderProps> = {}): ObjectStorageProvider {
  return new ObjectStorageProvider(stack, "amazon", {
    provider: "aws",
    region: "eu-west-3",
    alias: "amazon",
    ...props,
  });
}

/**
 * The version of the AWS provider that the installed bindings were made for, and the one that is
 * then required.
 */
function workingHere(): string {
  return workingVersion(new AwsProvider(newStack(), "aws").terraformGeneratorMetadata?.providerVersion);
}

describe("the version of Terraform's AWS provider", () => {
  it("stays in a line that works without an account ID, according to the bindings", () => {
    expect(required(stackOnOvhcloud().stack)).toBe(workingHere());
    expect(workingVersion("5.100.0")).toBe("~> 5.100");
    expect(workingVersion("6.25.0")).toBe(">= 6.0, < 6.23");
    expect(workingVersion("6.66.0")).toBe(">= 6.0, < 6.23");
    expect(workingVersion(undefined)).toBe("~> 5.100");
  });

  it("is left to the bindings on AWS, which has account IDs", () => {
    const stack = newStack();
    const { aws } = onAws(stack);
    expect(required(stack)).toBe(aws.terraformGeneratorMetadata?.providerVersion);
    const newest = newStack();
    onAws(newest, { awsProviderVersion: ">= 6.30" });
    expect(required(newest)).toBe(">= 6.30");
  });

  it.each([["5.99.0"], ["~> 5.100"], [">= 6.0, < 6.23"], ["~> 6.22.0"], ["< 6.23, != 6.1.0"]])(
    "is the user's if it works: %s",
    (awsProviderVersion) => {
      expect(required(stackOnOvhcloud({ awsProviderVersion }).stack)).toBe(awsProviderVersion);
    },
  );
});

const ISSUE = /https:\/\/github\.com\/hashicorp\/terraform-provider-aws\/issues\/45520/;

describe("a version that does not work without an account ID", () => {
  it.each([
    [">= 6.23", /allows 6\.23 to 6\.26, which fail on OVHcloud/],
    ["6.25.0", /allows 6\.23 to 6\.26/],
    ["~> 6.0", /allows 6\.23 to 6\.26/],
    [">= 5.0", /allows 6\.23 to 6\.26/],
    ["~> 6.26.0", /allows 6\.23 to 6\.26/],
    [">= 6.27", /allows 6\.27 or later, which was not tried on OVHcloud/],
  ])("fails the synth: %s", (awsProviderVersion, words) => {
    const { stack } = stackOnOvhcloud({ awsProviderVersion });
    expect(() => synth(stack)).toThrow(words);
    expect(() => synth(stack)).toThrow(ISSUE);
    expect(() => synth(stack)).toThrow(/require "~> 5\.100" or ">= 6\.0, < 6\.23"/);
  });

  it("fails the synth if an override of the stack sets it, or removes the version", () => {
    const { stack } = stackOnOvhcloud();
    stack.addOverride("terraform.required_providers.aws.version", "6.25.0");
    expect(() => synth(stack)).toThrow(ISSUE);
    stack.addOverride("terraform.required_providers.aws.version", undefined);
    expect(() => synth(stack)).toThrow(/version ">= 0" of the AWS provider/);
  });

  it("fails the synth against a stand-in of AWS, and not on AWS itself", () => {
    const rehearsal = newStack();
    onAws(rehearsal, { endpoint: "http://127.0.0.1:9000", awsProviderVersion: "6.25.0" });
    expect(() => synth(rehearsal)).toThrow(ISSUE);
    const stack = newStack();
    onAws(stack, { awsProviderVersion: "6.25.0" });
    expect(required(stack)).toBe("6.25.0");
  });

  it("can be accepted only from 6.27 on, which works again according to its changelog", () => {
    const accepted = (awsProviderVersion: string) =>
      stackOnOvhcloud({ awsProviderVersion, acceptUntriedAwsProvider: true }).stack;
    expect(required(accepted(">= 6.60"))).toBe(">= 6.60");
    expect(() => synth(accepted(">= 6.26"))).toThrow(/allows 6\.23 to 6\.26/);
  });

  it("is reported differently from an invalid version, and from one that cannot be met", () => {
    expect(() => synth(stackOnOvhcloud({ awsProviderVersion: "latest" }).stack)).toThrow(
      /"latest" is not a version constraint/,
    );
    expect(() => synth(stackOnOvhcloud({ awsProviderVersion: "< 5.0, > 5.99" }).stack)).toThrow(/no version .* meets/);
  });
});

describe("several stores in one stack", () => {
  it.each([["before"], ["after"]])("agree on a version that works for all, the one on AWS coming %s", (when) => {
    const stack = newStack();
    const wish = { awsProviderVersion: ">= 5.90, < 6.30" };
    if (when === "before") onAws(stack, wish);
    new ObjectStorageProvider(stack, "ovh", { provider: "ovhcloud", region: "gra" });
    if (when === "after") onAws(stack, wish);
    expect(required(stack).split(", ").toSorted()).toEqual(
      [">= 5.90", "< 6.30", ...workingHere().split(", ")].toSorted(),
    );
  });

  it("do not undo each other: a store on AWS without a version of its own changes nothing", () => {
    const { stack } = stackOnOvhcloud({ awsProviderVersion: "~> 5.99" });
    onAws(stack);
    new ObjectStorageProvider(stack, "sbg", {
      provider: "ovhcloud",
      region: "sbg",
      alias: "sbg",
      awsProviderVersion: "~> 5.99",
    });
    expect(required(stack)).toBe("~> 5.99");
  });

  it("fail the synth if their versions cannot be met together", () => {
    const { stack } = stackOnOvhcloud({ awsProviderVersion: "~> 5.100" });
    onAws(stack, { awsProviderVersion: ">= 6.30" });
    expect(() => synth(stack)).toThrow(/no version of the AWS provider meets "~> 5\.100, >= 6\.30"/);
  });

  it("leave a version alone that the user wrote into the stack", () => {
    const stack = newStack();
    stack.addOverride("terraform.required_providers.aws.version", "5.98.0");
    new ObjectStorageProvider(stack, "ovh", { provider: "ovhcloud", region: "gra" });
    new ObjectStorageProvider(stack, "sbg", { provider: "ovhcloud", region: "sbg", alias: "sbg" });
    expect(required(stack)).toBe("5.98.0");
  });
});

const range = (from: number, before: number) => ({ from, before });
const END = Number.POSITIVE_INFINITY;

describe("a version constraint", () => {
  it.each([
    ["5.100.0", range(versionNumber(5, 100), versionNumber(5, 100, 1))],
    ["= 5.100", range(versionNumber(5, 100), versionNumber(5, 100, 1))],
    [">= 6.0", range(versionNumber(6), END)],
    ["> 6.22.1", range(versionNumber(6, 22, 2), END)],
    ["<6.23", range(0, versionNumber(6, 23))],
    ["<= 6.22.1", range(0, versionNumber(6, 22, 2))],
    ["~> 5", range(versionNumber(5), versionNumber(6))],
    ["~> 5.100", range(versionNumber(5, 100), versionNumber(6))],
    ["~> 6.22.0", range(versionNumber(6, 22), versionNumber(6, 23))],
    [">= 6.0, < 6.23", range(versionNumber(6), versionNumber(6, 23))],
    ["!= 6.23.0", range(0, END)],
    ["6.23.0-beta1", range(versionNumber(6, 23), versionNumber(6, 23, 1))],
  ])("admits %s", (constraint, expected) => expect(versionRange(constraint)).toEqual(expected));

  it.each([["v5.100.0"], ["5.*"], ["latest"], [""], [">= 6.0,"], ["^5.100"], ["5.100.0.1"]])(
    "is refused as %j, like Terraform does",
    (constraint) => expect(versionRange(constraint)).toBeUndefined(),
  );

  it("orders versions by number, whatever their size", () => {
    const versions = [
      versionNumber(5, 100, 0),
      versionNumber(6, 0, 0),
      versionNumber(6, 9, 99),
      versionNumber(6, 10),
      versionNumber(10),
    ];
    expect(versions.toSorted((a, b) => a - b)).toEqual(versions);
  });

  it("can admit no version at all", () => {
    const contradiction = versionRange("~> 5.100, >= 6.0");
    expect(contradiction && isEmpty(contradiction)).toBe(true);
    expect(isEmpty(intersection(range(1, 3), range(2, 4)))).toBe(false);
  });
});
