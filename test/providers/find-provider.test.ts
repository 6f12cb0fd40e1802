import { describe, expect, it } from "vitest";
import { findProvider, providerForEndpoint } from "../../providers/index.js";

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
