import { describe, expect, test } from "vitest";
import { customerKey } from "../../../migrate/keys/customer-key.js";
import { sseC } from "../../../migrate/model/target-sse.js";
import { everyCopyHeaders, resentHeaders, tagsLeftOver } from "../../../migrate/object/copy-headers.js";
import { customerKeyHeaders } from "../../buckets/mixed-objects.js";
import { capabilities, carried, facts, policy } from "../fixtures/facts.js";

const NOW = new Date("2026-06-01T00:00:00Z");
const every = (of: Parameters<typeof facts>[0], with_: Parameters<typeof carried>[0] = {}) =>
  everyCopyHeaders(facts(of), carried(with_), { policy: policy(), capabilities: capabilities() }, NOW);

/** One tag whose header is exactly so long. */
const tagOf = (headerBytes: number) => [{ key: "k", value: "v".repeat(headerBytes - 2) }];

describe("everyCopyHeaders", () => {
  test("returns only the customer key headers if the target is a customer key", () => {
    const bytes = Buffer.alloc(32, 3);
    const target = sseC(customerKey(bytes));
    const how = { policy: policy({ target }), capabilities: capabilities() };
    expect(everyCopyHeaders(facts({}), carried({}), how, NOW)).toEqual(customerKeyHeaders(bytes));
  });

  test("requests encryption, and omits defaults", () => {
    expect(every({ storageClass: "STANDARD" })).toEqual({ "x-amz-server-side-encryption": "AES256" });
  });

  test("resends storage class, website redirect and lock", () => {
    const lock = { mode: "COMPLIANCE", retainUntil: "2030-01-01T00:00:00Z", legalHold: "ON" };
    expect(every({ storageClass: "STANDARD_IA", websiteRedirect: "/there", lock })).toEqual({
      "x-amz-server-side-encryption": "AES256",
      "x-amz-storage-class": "STANDARD_IA",
      "x-amz-website-redirect-location": "/there",
      "x-amz-object-lock-mode": "COMPLIANCE",
      "x-amz-object-lock-retain-until-date": "2030-01-01T00:00:00Z",
      "x-amz-object-lock-legal-hold": "ON",
    });
  });

  test("omits a storage class if its loss was accepted", () => {
    const losses = [{ of: "storage-class", words: "lost" }] as const;
    expect(every({ storageClass: "STANDARD_IA" }, { losses })).toEqual({ "x-amz-server-side-encryption": "AES256" });
  });

  test("omits an expired retention, and keeps the legal hold", () => {
    const lock = { mode: "GOVERNANCE", retainUntil: "2026-05-31T23:59:59Z", legalHold: "ON" };
    expect(every({ lock })).toEqual({ "x-amz-server-side-encryption": "AES256", "x-amz-object-lock-legal-hold": "ON" });
  });

  test("omits the quotes around grantees if the store takes them bare", () => {
    const grants = [{ permission: "READ", grantee: { kind: "id", value: "other" } }] as const;
    const how = { policy: policy(), capabilities: capabilities({ grantForm: "bare" }) };
    expect(everyCopyHeaders(facts(), carried({ grants }), how, NOW)).toMatchObject({ "x-amz-grant-read": "id=other" });
  });

  test("groups grants by permission, and names each grantee by its kind", () => {
    const grants = [
      { permission: "FULL_CONTROL", grantee: { kind: "id", value: "owner" } },
      { permission: "READ", grantee: { kind: "uri", value: "http://acs/AllUsers" } },
      { permission: "READ", grantee: { kind: "emailAddress", value: "a@example.org" } },
      { permission: "READ_ACP", grantee: { kind: "id", value: "other" } },
      { permission: "WRITE_ACP", grantee: { kind: "id", value: "other" } },
    ] as const;
    expect(every({}, { grants })).toEqual({
      "x-amz-server-side-encryption": "AES256",
      "x-amz-grant-full-control": 'id="owner"',
      "x-amz-grant-read": 'uri="http://acs/AllUsers", emailAddress="a@example.org"',
      "x-amz-grant-read-acp": 'id="other"',
      "x-amz-grant-write-acp": 'id="other"',
    });
  });
});

describe("resentHeaders", () => {
  test("returns content headers, user metadata and tags", () => {
    const of = facts({ content: { expires: "0", "content-encoding": "gzip" }, userMetadata: { a: "1", "x-b": "é" } });
    const tags = [
      { key: "a b", value: "c&d" },
      { key: "e", value: "" },
    ];
    expect(resentHeaders(of, carried({ tags }), capabilities())).toEqual({
      expires: "0",
      "content-encoding": "gzip",
      "x-amz-meta-a": "1",
      "x-amz-meta-x-b": "é",
      "x-amz-tagging": "a%20b=c%26d&e=",
    });
  });

  test("includes tags of up to 2 KB, and leaves longer ones to be put afterwards", () => {
    const fits = carried({ tags: tagOf(2048) });
    const over = carried({ tags: tagOf(2049) });
    expect(resentHeaders(facts(), fits, capabilities())["x-amz-tagging"]).toHaveLength(2048);
    expect(tagsLeftOver("copy-multipart", fits, capabilities())).toEqual([]);
    expect(resentHeaders(facts(), over, capabilities())).not.toHaveProperty("x-amz-tagging");
    expect(tagsLeftOver("rewrite", over, capabilities())).toEqual(over.tags);
  });

  test("measures tags in their encoded form", () => {
    const tags = [{ key: "k", value: "é".repeat(400) }];
    expect(tagsLeftOver("copy-multipart", carried({ tags }), capabilities())).toEqual(tags);
  });

  test("leaves tags to be put afterwards if the store takes no tagging header or copies drop tags", () => {
    const tags = [{ key: "k", value: "v" }];
    const headerless = capabilities({ taggingHeader: false });
    expect(resentHeaders(facts(), carried({ tags }), headerless)).not.toHaveProperty("x-amz-tagging");
    expect(tagsLeftOver("rewrite", carried({ tags }), headerless)).toEqual(tags);
    expect(tagsLeftOver("copy", carried({ tags }), headerless)).toEqual([]);
    expect(tagsLeftOver("copy", carried({ tags }), capabilities({ copyKeepsTags: false }))).toEqual(tags);
  });
});
