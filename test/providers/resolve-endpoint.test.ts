import { describe, expect, it } from "vitest";
import { type EndpointRequest, type ProviderId, providers, resolveEndpoint } from "../../providers/index.js";

function resolve(provider: ProviderId, request: EndpointRequest) {
  return resolveEndpoint(providers[provider], request);
}

function problem(provider: ProviderId, request: EndpointRequest): string {
  const found = resolve(provider, request);
  return found.kind === "refused" ? found.problem : `resolved ${found.url}`;
}

describe("a region", () => {
  it.each(providers.ovhcloud.regions.value.map(({ id }) => id))("of OVHcloud, %s, has an endpoint", (region) => {
    const url = `https://s3.${region}.io.cloud.ovh.net`;
    expect(resolve("ovhcloud", { region })).toEqual({ kind: "resolved", url, region });
  });

  it("of OVHcloud is lowered, since the control panel shows it in upper case", () => {
    expect(resolve("ovhcloud", { region: "EU-WEST-PAR" })).toMatchObject({ region: "eu-west-par" });
  });

  it("of a store that one runs oneself keeps its case", () => {
    const endpoint = "http://127.0.0.1:9000";
    expect(resolve("ceph-rgw", { region: "RegionOne", endpoint })).toMatchObject({ region: "RegionOne" });
  });

  it("that OVHcloud does not have is refused, naming those that it has", () => {
    expect(problem("ovhcloud", { region: "eu-west-1" })).toMatch(/no region "eu-west-1".*gra, rbx.*eu-south-mil/);
  });

  it("that AWS may have is taken as it is", () => {
    expect(resolve("aws", { region: "eu-west-3" })).toMatchObject({ url: "https://s3.eu-west-3.amazonaws.com" });
  });

  it("is asked for where there are several and none is given", () => {
    expect(problem("scaleway", {})).toMatch(/needs a region; pass one of fr-par, nl-ams/);
    expect(problem("aws", {})).toMatch(/needs a region/);
  });

  it("that is a Local Zone is refused with the reason, also behind another endpoint", () => {
    const region = "eu-west-lz-bru-a";
    expect(problem("ovhcloud", { region })).toMatch(/Local Zone has no server-side encryption/);
    expect(problem("ovhcloud", { region, endpoint: "http://127.0.0.1:9000" })).toMatch(/Local Zone/);
  });
});

describe("an endpoint", () => {
  it("names its region, so that none has to be given", () => {
    const endpoint = "https://s3.sbg.io.cloud.ovh.net/";
    expect(resolve("ovhcloud", { endpoint })).toEqual({
      kind: "resolved",
      url: "https://s3.sbg.io.cloud.ovh.net",
      region: "sbg",
    });
  });

  it("of one region and the name of another contradict each other", () => {
    expect(problem("ovhcloud", { endpoint: "https://s3.sbg.io.cloud.ovh.net", region: "gra" })).toMatch(
      /region "sbg" but the region given is "gra"/,
    );
  });

  it("of a region that OVHcloud does not have is refused", () => {
    expect(problem("ovhcloud", { endpoint: "https://s3.atlantis.io.cloud.ovh.net" })).toMatch(/no region "atlantis"/);
  });

  it("without a region in its name needs one", () => {
    const endpoint = "https://s3.io.cloud.ovh.net";
    expect(problem("ovhcloud", { endpoint })).toMatch(/names no region; pass one of gra/);
    expect(resolve("ovhcloud", { endpoint, region: "gra" })).toMatchObject({ kind: "resolved", region: "gra" });
  });

  it("that is OVHcloud's legacy one is refused, since it names storage classes otherwise", () => {
    expect(problem("ovhcloud", { endpoint: "https://s3.gra.perf.cloud.ovh.net" })).toMatch(/perf.*storage classes/);
    expect(problem("ovhcloud", { endpoint: "https://s3.gra.cloud.ovh.net" })).toMatch(/Swift/);
    expect(problem("ovhcloud", { endpoint: "https://s3.eu-west-lz-bru-a.cloud.ovh.net" })).toMatch(/Local Zone/);
  });

  it("of one's own takes any region name, for rehearsals", () => {
    const endpoint = "http://127.0.0.1:9000";
    expect(resolve("ovhcloud", { endpoint, region: "here" })).toMatchObject({ url: endpoint, region: "here" });
  });

  it("is needed where the store has none that is known beforehand", () => {
    for (const id of ["generic", "minio", "ceph-rgw", "cloudflare-r2"] as const) {
      expect(problem(id, {})).toMatch(/pass its URL as the endpoint/);
    }
  });

  it.each(["localhost:9000", "s3.gra.io.cloud.ovh.net", "ftp://host", ""])(
    'that is no http URL, "%s", is refused',
    (endpoint) => {
      expect(problem("generic", { endpoint })).toMatch(/is not a URL.*https:\/\//);
    },
  );

  it("that holds keys or a query is refused without repeating them", () => {
    for (const endpoint of ["https://AKIA:hush@s3.example.org", "https://s3.example.org/?token=hush"]) {
      expect(problem("generic", { endpoint })).toMatch(
        /^the endpoint (on s3.example.org holds more than|holds a user name or a password)/,
      );
      expect(problem("generic", { endpoint })).not.toContain("hush");
    }
  });
});

describe("a user name or a password in an endpoint", () => {
  it.each([
    "https://key:hunter2@store.test",
    "https://hunter2@store.test",
    "https://key:hun/ter2@store.test",
    "key:hunter2@store.test:9000",
    "ftp://key:hunter2@store.test",
  ])("is refused and not repeated: %s", (endpoint) => {
    const words = problem("generic", { endpoint, region: "x" });
    expect(words).toMatch(/holds a user name or a password/);
    expect(words).not.toMatch(/hun|ter2|key:/);
  });
});

describe("OVHcloud", () => {
  it("refuses its Cold Archive, by endpoint and by region, and its US, with the way out", () => {
    const archive = { endpoint: "https://s3.rbx-archive.io.cloud.ovh.net" };
    expect(problem("ovhcloud", archive)).toMatch(/standalone Cold Archive/);
    expect(problem("ovhcloud", { region: "rbx-archive" })).toMatch(/standalone Cold Archive/);
    for (const request of [{ region: "us-east-va" }, { endpoint: "https://s3.us-east-va.io.cloud.ovh.us" }]) {
      expect(problem("ovhcloud", request)).toMatch(/OVHcloud US.*provider generic/);
    }
  });

  it("US is a generic store by its endpoint", () => {
    const endpoint = "https://s3.us-east-va.io.cloud.ovh.us";
    expect(resolve("generic", { endpoint, region: "us-east-va" })).toMatchObject({ kind: "resolved" });
  });
});
