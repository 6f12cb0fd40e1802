import { describe, expect, it } from "vitest";
import {
  type Fact,
  findProvider,
  type ProviderProfile,
  providerForEndpoint,
  providers,
} from "../../providers/index.js";

const profiles = Object.entries(providers);

function isFact(value: unknown): value is Fact<unknown> {
  return typeof value === "object" && value !== null && "value" in value && "source" in value;
}

function factsOf(value: unknown, path: string): [path: string, fact: Fact<unknown>][] {
  if (isFact(value)) return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => factsOf(child, `${path}.${key}`));
}

describe.each(profiles)("the profile of %s", (id, profile: ProviderProfile) => {
  const facts = factsOf(profile, id);

  it("is stored under its own ID", () => {
    expect(profile.id).toBe(id);
  });

  it("has a source for every fact: a document, or the note that there is none", () => {
    const unsourced = facts.filter(([, { source }]) => !/^(https:\/\/\S+$|undocumented: \S)/.test(source));
    expect(unsourced).toEqual([]);
    expect(facts.length).toBeGreaterThan(40);
  });

  it("claims support, or the lack of it, only with a document as its source", () => {
    const claims = facts.filter(([, { value }]) => value === "supported" || value === "unsupported");
    expect(claims.filter(([, { source }]) => !source.startsWith("https://"))).toEqual([]);
  });

  it("shares no name with another profile", () => {
    const names = (other: ProviderProfile) => [other.id, ...other.aliases];
    const others = profiles.filter(([otherId]) => otherId !== id).flatMap(([, other]) => names(other));
    expect(names(profile).filter((name) => others.includes(name))).toEqual([]);
  });

  it("allows enough parts for its largest object", () => {
    const { maxObjectBytes, maxPartBytes, maxParts } = profile.limits;
    expect(maxPartBytes.value * maxParts.value).toBeGreaterThanOrEqual(Math.min(maxObjectBytes.value, 5e12));
  });
});

describe.each(profiles)("the lifecycle rules of %s", (_, { lifecycle, storageClasses, regions }) => {
  const { value } = lifecycle.transitionClasses;
  const classes = value === "own" ? [] : value;

  it("move objects only to classes and in regions of the store", () => {
    const ofTheStore = storageClasses.value.map(({ name }) => name);
    expect(classes.map(({ name }) => name).filter((name) => !ofTheStore.includes(name))).toEqual([]);
    const known = regions.value.map(({ id }) => id);
    expect(classes.flatMap((each) => each.regions ?? []).filter((id) => !known.includes(id))).toEqual([]);
  });
});

describe("OVHcloud", () => {
  it("has no bucket policy, public access block, ownership controls, notification, inventory or metrics", () => {
    const { subResources } = providers.ovhcloud;
    const missing = [
      subResources.policy,
      subResources["public-access-block"],
      subResources["ownership-controls"],
      subResources.notification,
      subResources.inventory,
      subResources.metrics,
    ];
    expect(missing.map(({ value }) => value)).toEqual(Array(6).fill("unsupported"));
  });

  it("has bucket encryption, and leaves undocumented facts open", () => {
    expect(providers.ovhcloud.subResources.encryption.value).toBe("supported");
    expect(providers.ovhcloud.encryption.reportedOnHead.value).toBe("undocumented");
    expect(providers.ovhcloud.conditions.copyIfMatch.value).toBe("undocumented");
  });
});

describe("an unknown store", () => {
  it("is assumed to encrypt only on request, and to support nothing for certain", () => {
    const { encryption, subResources } = providers.generic;
    expect(encryption.atRest.value).toBe("on-request");
    expect(new Set(Object.values(subResources).map(({ value }) => value))).toEqual(new Set(["undocumented"]));
  });
});

describe("a provider", () => {
  it.each([
    ["ovhcloud", "ovhcloud"],
    ["ovh", "ovhcloud"],
    ["OVH", "ovhcloud"],
    ["b2", "backblaze-b2"],
    ["r2", "cloudflare-r2"],
    ["ceph", "ceph-rgw"],
  ])("is found by the name %s", (name, id) => {
    expect(findProvider(name)?.id).toBe(id);
  });

  it("is not found by an incomplete or empty name", () => {
    expect(findProvider("ov")).toBeUndefined();
    expect(findProvider("")).toBeUndefined();
  });

  it.each([
    ["https://s3.gra.io.cloud.ovh.net", "ovhcloud"],
    ["https://my-bucket.s3.gra.perf.cloud.ovh.net", "ovhcloud"],
    ["https://s3.eu-west-1.amazonaws.com", "aws"],
    ["https://s3.amazonaws.com", "aws"],
    ["https://bucket.s3.eu-west-1.amazonaws.com", "aws"],
    ["https://s3.fr-par.scw.cloud", "scaleway"],
    ["https://0123.r2.cloudflarestorage.com", "cloudflare-r2"],
    ["https://s3.eu-central-2.wasabisys.com", "wasabi"],
    ["https://s3.us-west-004.backblazeb2.com", "backblaze-b2"],
  ])("is recognised by its host, %s", (url, id) => {
    expect(providerForEndpoint(url).id).toBe(id);
  });

  it.each([
    "http://127.0.0.1:9000",
    "https://s3.example.org",
    "https://cloud.ovh.net.example.org",
    "https://notcloud-ovh.net",
    "no url",
  ])("is not guessed from %s", (url) => {
    expect(providerForEndpoint(url).id).toBe("generic");
  });
});
