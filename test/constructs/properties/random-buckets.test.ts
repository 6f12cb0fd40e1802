import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ProviderId, providers } from "../../../providers/index.js";
import { LONG, SWEEP_TIMEOUT_MS } from "../../length.js";
import { type Synthesised, stackOn, synth } from "../synth.js";
import { type AskedProps, askedProps, declareBuckets } from "./asked-props.js";
import { lacks, validOn, whatIsWrong } from "./by-documents.js";

const RUNS = { numRuns: LONG ? 100 : 8 };
const several = fc.array(askedProps, { minLength: 1, maxLength: 3 });
const stores = Object.values(providers).filter(({ subResources }) => subResources.encryption.value !== "unsupported");

function synthesise(provider: ProviderId, all: readonly AskedProps[]): Synthesised {
  const { stack, storage } = stackOn(provider);
  declareBuckets(stack, storage, all);
  return synth(stack);
}

function refusalOf(provider: ProviderId, asked: AskedProps): string | undefined {
  try {
    expect(whatIsWrong(provider, synthesise(provider, [asked]))).toEqual([]);
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.message.includes("Validation failed")) return error.message;
    throw error;
  }
}

describe.each(stores)("on $name", { timeout: SWEEP_TIMEOUT_MS }, ({ id }) => {
  it("valid properties synthesise to encrypted buckets, of resources that the store has", { tags: ["slow"] }, () => {
    const holds = (all: readonly AskedProps[]) => {
      const valid = all.map((asked) => validOn(id, asked));
      expect(whatIsWrong(id, synthesise(id, valid))).toEqual([]);
    };
    fc.assert(fc.property(several, holds), RUNS);
  });

  it("unsupported properties are refused by name, and none of them reaches the JSON", { tags: ["slow"] }, () => {
    const holds = (asked: AskedProps) => {
      const missing = lacks(id, asked);
      const refusal = refusalOf(id, asked);
      const unnamed = missing.filter((name) => !refusal?.includes(`${name} cannot`));
      expect(unnamed).toEqual([]);
    };
    fc.assert(fc.property(askedProps, holds), RUNS);
  });
});

describe("the check itself", () => {
  it("detects a bucket without its default, a resource that the store lacks, and an unknown one", () => {
    const synthesised = synthesise("aws", [{ enforceTls: true, tags: { a: "b" } }]);
    const { aws_s3_bucket_server_side_encryption_configuration: _, ...resource } = synthesised.resource;
    const bare = { ...synthesised, resource: { ...resource, aws_s3_bucket_inventory: {} } };
    expect(whatIsWrong("aws", bare)).toEqual([
      ...Array(3).fill(expect.stringMatching(/has no encryption default of its own$/)),
      "aws_s3_bucket_inventory on aws",
    ]);
    const elsewhere = whatIsWrong("backblaze-b2", synthesised);
    expect(elsewhere).toEqual(expect.arrayContaining(["aws_s3_bucket_policy on backblaze-b2", "tags on backblaze-b2"]));
  });

  it("has something to refuse: most random properties use what OVHcloud lacks", () => {
    const lacking = fc
      .sample(askedProps, { numRuns: 100, seed: 1 })
      .filter((asked) => lacks("ovhcloud", asked).length > 0);
    expect(lacking.length).toBeGreaterThan(50);
  });
});
