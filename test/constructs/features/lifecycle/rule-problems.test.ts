import { describe, expect, it } from "vitest";
import { lifecycleProblems } from "../../../../constructs/features/lifecycle/lifecycle.js";
import type { LifecycleRule, LifecycleTransition } from "../../../../constructs/features/lifecycle/lifecycle-rule.js";
import { stackOn, stackOnOvhcloud, storageOn } from "../../synth.js";

const aws = storageOn("aws");

const problemsOf = (rule: Omit<LifecycleRule, "id">, storage = aws) =>
  lifecycleProblems({ lifecycleRules: [{ id: "r", ...rule }] }, storage);

describe("a lifecycle rule", () => {
  it.each<[string, Omit<LifecycleRule, "id">, string]>([
    ["does nothing", {}, "it does nothing; give it an expiration, a transition, or uploads to remove"],
    ["expires after no day", { expirationDays: 0 }, "expirationDays 0 cannot be used; give a whole number from 1"],
    ["expires after half a day", { expirationDays: 0.5 }, "expirationDays 0.5 cannot be used"],
    [
      "expires twice",
      { expirationDays: 1, expirationDate: "2027-01-31" },
      "expirationDays and expirationDate exclude each other; give one of the two",
    ],
    [
      "expires on an invalid day",
      { expirationDate: "2027-02-30" },
      '"2027-02-30" is not a day; give one as in 2027-01-31',
    ],
    ["expires at an hour", { expirationDate: "2027-01-31T00:00:00Z" }, "is not a day; give one as in 2027-01-31"],
    [
      "expires objects and their markers",
      { expirationDays: 1, expiredObjectDeleteMarker: true },
      "expiredObjectDeleteMarker cannot be combined with an expiration, which removes such markers too; leave it out",
    ],
    [
      "keeps versions that it does not expire",
      { expirationDays: 1, newerNoncurrentVersions: 3 },
      "newerNoncurrentVersions needs noncurrentVersionExpirationDays, from which it keeps them",
    ],
    [
      "keeps too many versions",
      { noncurrentVersionExpirationDays: 1, newerNoncurrentVersions: 101 },
      "newerNoncurrentVersions 101 cannot be used; give a whole number from 1 to 100",
    ],
    [
      "aborts uploads by tag",
      { abortIncompleteMultipartUploadDays: 1, tags: { team: "a" } },
      "abortIncompleteMultipartUploadDays cannot be combined with tags or sizes; give it a rule of its own",
    ],
    [
      "removes markers by size",
      { expiredObjectDeleteMarker: true, objectSizeGreaterThanBytes: 1 },
      "expiredObjectDeleteMarker cannot be combined with tags or sizes; give it a rule of its own",
    ],
    [
      "selects no size",
      { expirationDays: 1, objectSizeGreaterThanBytes: 5, objectSizeLessThanBytes: 6 },
      "no size is above 5 and below 6 bytes",
    ],
    [
      "selects a negative size",
      { expirationDays: 1, objectSizeLessThanBytes: 0 },
      "objectSizeLessThanBytes 0 cannot be used; give a whole number from 1",
    ],
    [
      "selects part of a byte",
      { expirationDays: 1, objectSizeGreaterThanBytes: 0.5 },
      "objectSizeGreaterThanBytes 0.5 cannot be used; give a whole number from 0",
    ],
    [
      "has a prefix longer than any key",
      { expirationDays: 1, prefix: "é".repeat(513) },
      "its prefix is longer than 1024 bytes",
    ],
    [
      "asks for more tags than an object has",
      { expirationDays: 1, tags: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`k${index}`, "v"])) },
      "it asks for 11 tags, and an object has 10 at most",
    ],
    ["asks for an invalid tag", { expirationDays: 1, tags: { "aws:x": "v" } }, 'tag "aws:x" = "v" cannot be used'],
  ])("is refused if it %s", (_, rule, words) => {
    expect(problemsOf(rule)).toEqual([expect.stringContaining(words)]);
    expect(problemsOf(rule).join()).toMatch(/^lifecycle rule "r": /);
  });

  it("is accepted if it follows all of these rules", () => {
    expect(
      lifecycleProblems(
        {
          lifecycleRules: [
            { id: "a", expirationDays: 1, prefix: "logs/", tags: { team: "a" }, objectSizeGreaterThanBytes: 0 },
            { id: "b", noncurrentVersionExpirationDays: 1, newerNoncurrentVersions: 100 },
            { id: "c", expiredObjectDeleteMarker: true, abortIncompleteMultipartUploadDays: 3, prefix: "tmp/" },
            { id: "d", expirationDate: "2028-02-29", enabled: false },
          ],
        },
        aws,
      ),
    ).toEqual([]);
  });
});

const moved = (...transitions: LifecycleTransition[]) => problemsOf({ transitions });
const to = (storageClass: string, days: number): LifecycleTransition => ({ storageClass, days });

describe("a transition", () => {
  it("must use a class of the store, and the refusal lists them", () => {
    expect(moved(to("COLD", 30))).toEqual([
      expect.stringMatching(
        /^lifecycle rule "r": objects cannot be moved to COLD on Amazon S3 in eu-west-1; the classes are STANDARD_IA, INTELLIGENT_TIERING, ONEZONE_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE \(https:/,
      ),
    ]);
    expect(moved(to("STANDARD_IA", 30))).toEqual([]);
  });

  it("must use a class that OVHcloud has in that region", () => {
    const archive = (region: string) =>
      problemsOf({ transitions: [to("GLACIER_IR", 30)] }, stackOnOvhcloud({ region }).storage);
    expect(archive("gra").join()).toContain("OVHcloud Object Storage in gra; the classes are STANDARD_IA (https:");
    expect(archive("eu-west-par")).toEqual([]);
    const cold = (region: string) =>
      problemsOf({ transitions: [to("DEEP_ARCHIVE", 30)] }, stackOnOvhcloud({ region }).storage);
    expect(cold("eu-south-mil").join()).toContain("the classes are STANDARD_IA, GLACIER_IR (https:");
    expect(cold("eu-west-par")).toEqual([]);
  });

  it("is refused to STANDARD, which OVHcloud has and Terraform does not write", () => {
    const { storage } = stackOnOvhcloud();
    expect(problemsOf({ transitions: [to("STANDARD", 30)] }, storage).join()).toContain(
      "objects cannot be moved to STANDARD on OVHcloud Object Storage in gra, since Terraform's AWS provider does not write that class; the classes are STANDARD_IA",
    );
  });

  it("accepts any class that Terraform writes if each installation has its own classes", () => {
    const { storage } = stackOn("ceph-rgw");
    expect(problemsOf({ transitions: [to("GLACIER", 3)] }, storage)).toEqual([]);
    expect(problemsOf({ transitions: [to("COLD", 3)] }, storage)).toHaveLength(1);
  });

  it("must not come before the store moves objects to that class", () => {
    expect(moved(to("STANDARD_IA", 29)).join()).toMatch(
      /days 29 of its transition to STANDARD_IA cannot be used on Amazon S3; give a whole number from 30 \(https:/,
    );
    expect(moved(to("GLACIER", 0))).toEqual([]);
    expect(problemsOf({ transitions: [to("GLACIER", 30)] }, storageOn("scaleway")).join()).toContain("from 90");
    const { storage } = stackOnOvhcloud();
    expect(problemsOf({ transitions: [to("STANDARD_IA", 0)] }, storage).join()).toContain("from 1 ");
    expect(problemsOf({ transitions: [to("STANDARD_IA", 1)] }, storage)).toEqual([]);
  });

  it("needs days or a date", () => {
    const words = "its transition to GLACIER needs days or a date; give exactly one of the two";
    expect(moved({ storageClass: "GLACIER" }).join()).toContain(words);
    expect(moved({ storageClass: "GLACIER", days: 1, date: "2027-01-31" }).join()).toContain(words);
    expect(moved({ storageClass: "GLACIER", date: "2027-13-31" }).join()).toContain('date "2027-13-31" is not a day');
    expect(moved({ storageClass: "GLACIER", date: "2027-12-31" })).toEqual([]);
  });
});

describe("several transitions", () => {
  it("must go to colder classes after the stay that each class requires, in any written order", () => {
    expect(moved(to("GLACIER", 60), to("STANDARD_IA", 30))).toEqual([]);
    expect(moved(to("STANDARD_IA", 30), to("GLACIER", 59)).join()).toMatch(
      /it moves objects to STANDARD_IA after 30 days and to GLACIER after 59; the colder class comes at least 30 days later \(https:/,
    );
    expect(moved(to("DEEP_ARCHIVE", 5), to("GLACIER", 5)).join()).toContain("at least 1 day later");
    expect(moved(to("STANDARD_IA", 1), to("GLACIER", 2)).join()).toContain("to STANDARD_IA after 1 day and to GLACIER");
  });

  it("must use each class once", () => {
    expect(moved(to("GLACIER", 1), to("GLACIER", 9))).toEqual([
      'lifecycle rule "r": it moves objects to GLACIER twice; once is enough',
    ]);
  });

  it("must all use days or all use dates, like the expiration", () => {
    const words = "it mixes days and dates; a rule has one kind, so make two rules";
    expect(problemsOf({ transitions: [to("GLACIER", 1)], expirationDate: "2027-01-31" }).join()).toContain(words);
    expect(moved(to("GLACIER", 1), { storageClass: "DEEP_ARCHIVE", date: "2027-01-31" }).join()).toContain(words);
  });
});

describe("an expiration", () => {
  it("must come after the last transition", () => {
    expect(problemsOf({ transitions: [to("GLACIER", 30)], expirationDays: 30 }).join()).toContain(
      "it expires after 30 days, not after its transition to GLACIER at 30",
    );
    expect(problemsOf({ transitions: [to("GLACIER", 30)], expirationDays: 31 })).toEqual([]);
    expect(problemsOf({ transitions: [to("GLACIER", 1)], expirationDays: 1 }).join()).toContain("expires after 1 day,");
    const dated = (expirationDate: string) =>
      problemsOf({ transitions: [{ storageClass: "GLACIER", date: "2027-01-31" }], expirationDate });
    expect(dated("2027-01-31").join()).toContain("it expires on 2027-01-31, not after its transition to GLACIER");
    expect(dated("2027-02-01")).toEqual([]);
  });

  it("of noncurrent versions must come after the last transition", () => {
    const noncurrent = (noncurrentVersionExpirationDays: number) =>
      problemsOf({
        noncurrentVersionTransitions: [{ storageClass: "STANDARD_IA", noncurrentDays: 30 }],
        noncurrentVersionExpirationDays,
      });
    expect(noncurrent(30).join()).toContain("it expires after 30 days, not after its transition to STANDARD_IA at 30");
    expect(noncurrent(31)).toEqual([]);
  });
});

describe("a transition of noncurrent versions", () => {
  it("must follow the same rules", () => {
    const noncurrent = (storageClass: string, noncurrentDays: number, newerNoncurrentVersions = 1) =>
      problemsOf({ noncurrentVersionTransitions: [{ storageClass, noncurrentDays, newerNoncurrentVersions }] }).join();
    expect(noncurrent("COLD", 30)).toContain("objects cannot be moved to COLD");
    expect(noncurrent("STANDARD_IA", 29)).toContain(
      "noncurrentDays 29 of its transition to STANDARD_IA cannot be used",
    );
    expect(noncurrent("GLACIER", 1, 0)).toContain("newerNoncurrentVersions 0 cannot be used");
    expect(noncurrent("GLACIER", 1)).toBe("");
  });
});
