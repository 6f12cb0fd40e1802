import { describe, expect, it } from "vitest";
import { websiteProblems } from "../../../constructs/features/website.js";
import { EncryptedBucket, type Website } from "../../../constructs/index.js";
import { stackOnOvhcloud, storageOn, synth } from "../synth.js";

const aws = storageOn("aws");

function declared(website?: Website) {
  const { stack } = stackOnOvhcloud();
  new EncryptedBucket(stack, "pages", website === undefined ? {} : { website });
  const [found] = Object.values(synth(stack).resource.aws_s3_bucket_website_configuration ?? {});
  return found;
}

describe("website", () => {
  it("serves pages, and others in place of errors", () => {
    expect(declared({ indexDocument: "index.html", errorDocument: "errors/404.html" })).toMatchObject({
      index_document: { suffix: "index.html" },
      error_document: { key: "errors/404.html" },
    });
  });

  it("redirects some keys and errors", () => {
    const routingRules = [
      {
        when: { keyPrefix: "old/", httpErrorCode: "404" },
        redirect: { replaceKeyPrefixWith: "new/", httpRedirectCode: "302" },
      },
      { redirect: { hostName: "www.example.org", protocol: "https" } },
    ] as const;
    expect(declared({ indexDocument: "index.html", routingRules })).toMatchObject({
      routing_rule: [
        {
          condition: { key_prefix_equals: "old/", http_error_code_returned_equals: "404" },
          redirect: { replace_key_prefix_with: "new/", http_redirect_code: "302" },
        },
        { redirect: { host_name: "www.example.org", protocol: "https" } },
      ],
    });
  });

  it("redirects everything", () => {
    const redirectAllRequestsTo = { hostName: "www.example.org", protocol: "https" } as const;
    expect(declared({ redirectAllRequestsTo })).toMatchObject({
      redirect_all_requests_to: { host_name: "www.example.org", protocol: "https" },
    });
  });

  it("declares nothing by default", () => {
    expect(declared()).toBeUndefined();
  });

  const site: Website = { indexDocument: "index.html" };

  it.each<[string, Website, string]>([
    ["serves nothing", {}, "website needs an indexDocument, as in index.html"],
    [
      "has an index in a folder",
      { indexDocument: "a/index.html" },
      'website indexDocument "a/index.html" cannot be used; give a name without /',
    ],
    [
      "serves and redirects everything",
      { ...site, redirectAllRequestsTo: { hostName: "a.example" } },
      "website redirects every request, so it serves nothing; leave the rest out",
    ],
    [
      "redirects to nowhere",
      { ...site, routingRules: [{ redirect: {} }] },
      "website.routingRules[0] redirects to nowhere",
    ],
    [
      "replaces a key twice",
      { ...site, routingRules: [{ redirect: { replaceKeyWith: "a", replaceKeyPrefixWith: "b" } }] },
      "website.routingRules[0] replaces the key twice",
    ],
    [
      "redirects with an invalid status",
      { ...site, routingRules: [{ redirect: { replaceKeyWith: "a", httpRedirectCode: "200" } }] },
      'website.routingRules[0] has the httpRedirectCode "200"; give one from "301" to "308"',
    ],
    [
      "waits for a status that is not an error",
      { ...site, routingRules: [{ when: { httpErrorCode: "200" }, redirect: { replaceKeyWith: "a" } }] },
      'website.routingRules[0] waits for the status "200"; give an error, as in "404"',
    ],
  ])("is refused if it %s", (_, website, words) => {
    expect(websiteProblems({ website }, aws)).toEqual([expect.stringContaining(words)]);
  });

  it("accepts at most 50 routing rules", () => {
    const routingRules = (count: number) =>
      Array.from({ length: count }, () => ({ redirect: { replaceKeyWith: "a" } }));
    expect(websiteProblems({ website: { ...site, routingRules: routingRules(51) } }, aws)).toEqual([
      "website has 51 routing rules; a bucket has 50 at most",
    ]);
    expect(websiteProblems({ website: { ...site, routingRules: routingRules(50) } }, aws)).toEqual([]);
  });

  it("is refused with store and source if the store lacks it", () => {
    expect(websiteProblems({ website: site }, storageOn("minio"))).toEqual([
      expect.stringMatching(/^website cannot be used on MinIO, which has no websites \(https:/),
    ]);
  });
});
