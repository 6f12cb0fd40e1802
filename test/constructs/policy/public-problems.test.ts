import { describe, expect, it } from "vitest";
import { type BlockPublicAccess, EncryptedBucket, type PolicyStatement } from "../../../constructs/index.js";
import type { ProviderId } from "../../../providers/index.js";
import { stackOn, synth } from "../synth.js";

const everybody: PolicyStatement = { sid: "Public", effect: "Allow", principals: "*", actions: ["s3:GetObject"] };

function synthesised(
  provider: ProviderId,
  statement: Partial<PolicyStatement>,
  blockPublicAccess?: boolean | BlockPublicAccess,
) {
  const { stack } = stackOn(provider);
  const pages = new EncryptedBucket(stack, "pages", blockPublicAccess === undefined ? {} : { blockPublicAccess });
  pages.addToResourcePolicy({ ...everybody, ...statement });
  return () => synth(stack);
}

describe("a statement for everybody", () => {
  it.each([
    ["aws", {}],
    ["aws", { principals: { AWS: ["*"] } }],
    ["ceph-rgw", {}],
  ] as const)("is refused on %s as %j, where public policies are blocked by default", (provider, statement) => {
    expect(synthesised(provider, statement)).toThrow(
      /the policy statement "Public" opens the bucket to everybody.*\(https:\S+\); name whom it is for, or give blockPublicAccess: \{ blockPublicPolicy: false/,
    );
  });

  it.each([
    ["where the block is off", "aws", {}, false],
    ["where the block of policies is off", "aws", {}, { blockPublicPolicy: false, restrictPublicBuckets: false }],
    ["where the store has no such block", "minio", {}, undefined],
    ["where a condition narrows it", "aws", { conditions: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } }, undefined],
    ["where it denies", "aws", { effect: "Deny" }, undefined],
    ["where it names somebody", "aws", { principals: { AWS: "123456789012" } }, undefined],
  ] as const)("is not %s", (_, provider, statement, block) => {
    expect(synthesised(provider, statement, block)).not.toThrow();
  });
});
