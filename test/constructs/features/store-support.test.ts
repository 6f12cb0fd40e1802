import { describe, expect, it } from "vitest";
import { supportProblems } from "../../../constructs/features/store-support.js";
import { type BucketSubResource, type ProviderId, providers } from "../../../providers/index.js";
import { stackOnOvhcloud, storageOn } from "../synth.js";

describe("a property that the store lacks", () => {
  it("is reported with the store, the source, and an alternative with its own source", () => {
    const [problem] = supportProblems("enforceTls", "policy", stackOnOvhcloud().storage);
    expect(problem).toMatch(
      /^enforceTls cannot be used on OVHcloud Object Storage, which has no bucket policies \(https:\S+s3_s3_compliancy\S+\): leave it out; instead, give each user its rights by a user policy: .* \(https:\S+s3_identity_and_access_management\S+\)$/,
    );
  });

  it("is to be left out if no alternative is known", () => {
    const [problem] = supportProblems("notifications", "notification", stackOnOvhcloud().storage);
    expect(problem).toMatch(/has no event notifications \(https:\S+\): leave it out$/);
  });

  it("is not reported if the store has it, or if no document mentions it", () => {
    expect(supportProblems("versioning", "versioning", stackOnOvhcloud().storage)).toEqual([]);
    expect(supportProblems("replication", "replication", storageOn("scaleway"))).toEqual([]);
  });
});

describe("the alternative", () => {
  const stores = Object.entries(providers).map(([id, { alternatives }]) => [id as ProviderId, alternatives] as const);

  it.each(stores)("is given on %s only for what cannot be declared there", (id, alternatives) => {
    const { subResources, replication } = providers[id];
    const canBeDeclared = (name: string) =>
      subResources[name as BucketSubResource].value !== "unsupported" &&
      !(name === "policy" && providers[id].bucketPolicies.denials.value === "unsupported") &&
      !(name === "policy" && providers[id].bucketPolicies.judged.value === "anonymous") &&
      !(name === "replication" && replication.declarable.value === "unsupported");
    expect(Object.keys(alternatives).filter(canBeDeclared)).toEqual([]);
  });
});
