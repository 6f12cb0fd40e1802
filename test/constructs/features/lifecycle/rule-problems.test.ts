import { describe, expect, it } from "vitest";
import { lifecycleProblems } from "../../../../constructs/features/lifecycle/lifecycle.js";
import type { LifecycleRule } from "../../../../constructs/features/lifecycle/lifecycle-rule.js";
import { storageOn } from "../../synth.js";

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
      '"2027-02-30" is no day; give one as in 2027-01-31',
    ],
    ["expires at an hour", { expirationDate: "2027-01-31T00:00:00Z" }, "is no day; give one as in 2027-01-31"],
    [
      "expires objects and their markers",
      { expirationDays: 1, expiredObjectDeleteMarker: true },
      "expiredObjectDeleteMarker does not go with an expiration, which removes such markers too; leave it out",
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
      "abortIncompleteMultipartUploadDays does not go with tags or sizes; give it a rule of its own",
    ],
    [
      "removes markers by size",
      { expiredObjectDeleteMarker: true, objectSizeGreaterThanBytes: 1 },
      "expiredObjectDeleteMarker does not go with tags or sizes; give it a rule of its own",
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
