import { describe, expect, it, test } from "vitest";
import {
  type EndpointRequest,
  endpointInRegion,
  type Fact,
  findProvider,
  type ProviderId,
  type ProviderProfile,
  providerForEndpoint,
  providers,
  resolveEndpoint,
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

  it("has prices with the day on which they were read, for each request or for none", () => {
    const { value } = profile.requestPrices;
    if (value.kind === "unknown") return;
    expect(profile.requestPrices.source).toMatch(/^https:/);
    expect(value.readOn).toMatch(/^20\d\d-\d\d-\d\d$/);
    if (value.kind === "charged") expect(Object.keys(value.perThousand)).toContain("CopyObject");
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

function resolve(provider: ProviderId, request: EndpointRequest) {
  return resolveEndpoint(providers[provider], request);
}

function problem(provider: ProviderId, request: EndpointRequest): string {
  const found = resolve(provider, request);
  return found.kind === "refused" ? found.problem : `resolved ${found.url}`;
}

describe("resolveEndpoint, given a region,", () => {
  it.each(providers.ovhcloud.regions.value.map(({ id }) => id))("resolves the OVHcloud region %s", (region) => {
    const url = `https://s3.${region}.io.cloud.ovh.net`;
    expect(resolve("ovhcloud", { region })).toEqual({ kind: "resolved", url, region });
  });

  it("lowercases an OVHcloud region, which the control panel shows in upper case", () => {
    expect(resolve("ovhcloud", { region: "EU-WEST-PAR" })).toMatchObject({ region: "eu-west-par" });
  });

  it("keeps the case of a region of a self-hosted store", () => {
    const endpoint = "http://127.0.0.1:9000";
    expect(resolve("ceph-rgw", { region: "RegionOne", endpoint })).toMatchObject({ region: "RegionOne" });
  });

  it("rejects an unknown OVHcloud region, and names the known ones", () => {
    expect(problem("ovhcloud", { region: "eu-west-1" })).toMatch(/no region "eu-west-1".*gra, rbx.*eu-south-mil/);
  });

  it("resolves a region of AWS", () => {
    expect(resolve("aws", { region: "eu-west-3" })).toMatchObject({ url: "https://s3.eu-west-3.amazonaws.com" });
  });

  it("requires a region if the provider has several", () => {
    expect(problem("scaleway", {})).toMatch(/needs a region; pass one of fr-par, nl-ams/);
    expect(problem("aws", {})).toMatch(/needs a region/);
  });

  it("rejects a Local Zone with the reason, even with another endpoint", () => {
    const region = "eu-west-lz-bru-a";
    expect(problem("ovhcloud", { region })).toMatch(/Local Zone has no server-side encryption/);
    expect(problem("ovhcloud", { region, endpoint: "http://127.0.0.1:9000" })).toMatch(/Local Zone/);
  });
});

describe("resolveEndpoint, given an endpoint,", () => {
  it("reads the region from it", () => {
    const endpoint = "https://s3.sbg.io.cloud.ovh.net/";
    expect(resolve("ovhcloud", { endpoint })).toEqual({
      kind: "resolved",
      url: "https://s3.sbg.io.cloud.ovh.net",
      region: "sbg",
    });
  });

  it("rejects it together with another region", () => {
    expect(problem("ovhcloud", { endpoint: "https://s3.sbg.io.cloud.ovh.net", region: "gra" })).toMatch(
      /region "sbg", but the given region is "gra"/,
    );
  });

  it("rejects an unknown OVHcloud region in it", () => {
    expect(problem("ovhcloud", { endpoint: "https://s3.atlantis.io.cloud.ovh.net" })).toMatch(/no region "atlantis"/);
  });

  it("requires a region if it names none", () => {
    const endpoint = "https://s3.io.cloud.ovh.net";
    expect(problem("ovhcloud", { endpoint })).toMatch(/contains no region; pass one of gra/);
    expect(resolve("ovhcloud", { endpoint, region: "gra" })).toMatchObject({ kind: "resolved", region: "gra" });
  });

  it("rejects OVHcloud's legacy endpoints, with the reason", () => {
    expect(problem("ovhcloud", { endpoint: "https://s3.gra.perf.cloud.ovh.net" })).toMatch(/perf.*storage classes/);
    expect(problem("ovhcloud", { endpoint: "https://s3.gra.cloud.ovh.net" })).toMatch(/Swift/);
    expect(problem("ovhcloud", { endpoint: "https://s3.eu-west-lz-bru-a.cloud.ovh.net" })).toMatch(/Local Zone/);
  });

  it("accepts any region name with a custom one", () => {
    const endpoint = "http://127.0.0.1:9000";
    expect(resolve("ovhcloud", { endpoint, region: "here" })).toMatchObject({ url: endpoint, region: "here" });
  });

  it("requires it for a provider without a known one", () => {
    for (const id of ["generic", "minio", "ceph-rgw", "cloudflare-r2"] as const) {
      expect(problem(id, {})).toMatch(/pass its URL as the endpoint/);
    }
  });

  it.each(["localhost:9000", "s3.gra.io.cloud.ovh.net", "ftp://host", ""])(
    'rejects "%s", which is not an http URL',
    (endpoint) => {
      expect(problem("generic", { endpoint })).toMatch(/is not a URL.*https:\/\//);
    },
  );

  it("rejects keys or a query in it, without repeating them", () => {
    for (const endpoint of ["https://AKIA:hush@s3.example.org", "https://s3.example.org/?token=hush"]) {
      expect(problem("generic", { endpoint })).toMatch(
        /^the endpoint (on s3.example.org contains more than|contains a user name or a password)/,
      );
      expect(problem("generic", { endpoint })).not.toContain("hush");
    }
    for (const endpoint of ["s3.example.org/?token=hush", "ftp://s3.example.org/#hush"]) {
      expect(problem("generic", { endpoint })).toMatch(/^endpoint "[^"]*s3.example.org\/" is not a URL/);
    }
  });
});

describe("resolveEndpoint, given a user name or a password,", () => {
  it.each([
    "https://key:hunter2@store.test",
    "https://hunter2@store.test",
    "https://key:hun/ter2@store.test",
    "key:hunter2@store.test:9000",
    "ftp://key:hunter2@store.test",
  ])("rejects the endpoint without repeating them: %s", (endpoint) => {
    const words = problem("generic", { endpoint, region: "x" });
    expect(words).toMatch(/contains a user name or a password/);
    expect(words).not.toMatch(/hun|ter2|key:/);
  });
});

describe("resolveEndpoint for OVHcloud", () => {
  it("rejects the Cold Archive and the US region, and names the alternative", () => {
    const archive = { endpoint: "https://s3.rbx-archive.io.cloud.ovh.net" };
    expect(problem("ovhcloud", archive)).toMatch(/standalone Cold Archive/);
    expect(problem("ovhcloud", { region: "rbx-archive" })).toMatch(/standalone Cold Archive/);
    for (const request of [{ region: "us-east-va" }, { endpoint: "https://s3.us-east-va.io.cloud.ovh.us" }]) {
      expect(problem("ovhcloud", request)).toMatch(/OVHcloud US.*provider generic/);
    }
  });

  it("resolves OVHcloud US as a generic store by its endpoint", () => {
    const endpoint = "https://s3.us-east-va.io.cloud.ovh.us";
    expect(resolve("generic", { endpoint, region: "us-east-va" })).toMatchObject({ kind: "resolved" });
  });
});

test.each([
  ["https://s3.us-east-1.amazonaws.com", "https://s3.eu-west-3.amazonaws.com"],
  ["https://s3.amazonaws.com", "https://s3.eu-west-3.amazonaws.com"],
  ["https://s3.dualstack.us-east-1.amazonaws.com", "https://s3.dualstack.eu-west-3.amazonaws.com"],
  ["https://s3-fips.us-east-1.amazonaws.com", "https://s3-fips.eu-west-3.amazonaws.com"],
  ["https://s3.cn-north-1.amazonaws.com.cn", "https://s3.eu-west-3.amazonaws.com.cn"],
  ["http://127.0.0.1:9000", "http://127.0.0.1:9000"],
])("endpointInRegion maps %s to %s for a bucket in another region", (endpoint, there) => {
  expect(endpointInRegion(endpoint, "eu-west-3")).toBe(there);
});

test.each(["https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com", "https://s3-accelerate.amazonaws.com"])(
  "endpointInRegion returns null for %s, which serves one region or none",
  (endpoint) => {
    expect(endpointInRegion(endpoint, "eu-west-3")).toBeNull();
  },
);

test.each(["evil.example/", "eu-west-3.evil.example", "", "EU", "a b", "@evil"])(
  "endpointInRegion returns null for the region %j",
  (region) => {
    expect(endpointInRegion("https://s3.us-east-1.amazonaws.com", region)).toBeNull();
  },
);
