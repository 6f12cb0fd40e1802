import { describe, expect, it, test } from "vitest";
import {
  type EndpointRequest,
  endpointInRegion,
  type ProviderId,
  providers,
  resolveEndpoint,
} from "../../providers/index.js";

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
