import { describe, expect, it } from "vitest";
import type { BucketFindings, RunRecord } from "../../../migrate/journal/run-record.js";
import { bucketFacts, runFacts } from "../../../migrate/report/facts.js";
import { runSettings } from "../../../migrate/report/run-state.js";
import { aRun, bucketFindings } from "../fixtures/records.js";

describe("bucket facts", () => {
  const AT = "2026-01-01T00:00:00.000Z";
  const ALL = { id: null, enabled: true, prefix: "", isNarrower: false };
  const fact = (label: string, changes: Partial<BucketFindings>) =>
    new Map(bucketFacts(bucketFindings(changes))).get(label);
  const defaultOf = (changes: Partial<BucketFindings>) => fact("Default encryption", changes);

  function atEnd(defaultEncryption: "sse-s3" | "none" | "unreadable"): NonNullable<BucketFindings["atEnd"]> {
    const openUploads = { open: 3, begunUpTo: AT, earlier: 2, firstEarlier: [] };
    return { readAt: AT, defaultEncryption, openUploads };
  }

  describe("default encryption in bucketFacts", () => {
    it.each<[string, Partial<BucketFindings>]>([
      ["SSE-S3 (AES256); before this run: none; not read again", {}],
      [
        "SSE-S3 (AES256), set by this run at 2026-01-01 00:00:00 UTC; before this run: none; the same at the end",
        { defaultEncryption: { before: "none", after: "sse-s3", setAt: AT }, atEnd: atEnd("sse-s3") },
      ],
      [
        "SSE-S3 (AES256); at the end: none",
        { defaultEncryption: { before: "sse-s3", after: "sse-s3" }, atEnd: atEnd("none") },
      ],
      [
        "none; at the end: could not be read",
        { defaultEncryption: { before: "none", after: "none" }, atEnd: atEnd("unreadable") },
      ],
    ])("is shown before and after the run: %s", (words, changes) => expect(defaultOf(changes)).toBe(words));
  });

  describe("rules in bucketFacts", () => {
    it.each(["Lifecycle rules", "Replication", "Bucket policy"])(
      "are shown as not recorded if they were not read: %s",
      (label) => {
        expect(fact(label, {})).toBe("not recorded");
      },
    );

    it.each([
      ["absent", "none"],
      ["unreadable", "could not be read"],
      ["unsupported", "not offered by the store"],
    ] as const)("are shown in distinct words if they are %s", (kind, words) => {
      const found = { lifecycle: { kind }, replication: { kind }, policy: { kind } };
      expect(["Lifecycle rules", "Replication", "Bucket policy"].map((label) => fact(label, found))).toEqual([
        words,
        words,
        words,
      ]);
    });

    it("show what they do, when, and to which objects", () => {
      const action = { date: null, storageClass: null };
      const first = [
        {
          ...ALL,
          id: "tidy",
          prefix: "logs/",
          actions: [
            { ...action, kind: "expires" as const, days: 1 },
            { ...action, kind: "moves" as const, days: 30, storageClass: "GLACIER" },
          ],
        },
        {
          ...ALL,
          enabled: false,
          isNarrower: true,
          actions: [{ ...action, kind: "removes-noncurrent" as const, days: 7 }],
        },
      ];
      expect(fact("Lifecycle rules", { lifecycle: { kind: "present", total: 9, first } })).toBe(
        "deletes objects after 1 day, moves objects to GLACIER after 30 days (under logs/, rule tidy); removes noncurrent versions after 7 days (of certain tags or sizes, switched off); and 7 more",
      );
      const replication = { kind: "present", total: 1, first: [{ ...ALL, destination: "arn:aws:s3:::m" }] } as const;
      expect(fact("Replication", { replication: { ...replication, first: [...replication.first] } })).toBe(
        "to arn:aws:s3:::m",
      );
    });

    it("name the policy statements about encryption", () => {
      const policy = { kind: "present", statements: 2, onEncryption: [] } as const;
      expect(fact("Bucket policy", { policy: { ...policy, onEncryption: ["DenyPlain"] } })).toBe(
        "2 statements, on encryption: DenyPlain",
      );
      expect(fact("Bucket policy", { policy: { ...policy, onEncryption: [] } })).toContain("none with a condition");
    });
  });

  it("bucketFacts shows open uploads at the start and the end, and those from before the default", () => {
    expect(fact("Uploads still open", { openMultipartUploads: 4, atEnd: atEnd("sse-s3") })).toBe(
      "4 when the run began, 3 uploads at its end, 2 of them begun by 2026-01-01 00:00:00 UTC",
    );
    expect(fact("Uploads still open", { openMultipartUploads: null })).toBe("could not be listed when the run began");
  });
});

const SETTINGS = {
  include: [],
  exclude: [],
  minSizeBytes: null,
  maxSizeBytes: null,
  modifiedBefore: null,
  modifiedAfter: null,
  storageClasses: [],
  noncurrent: true,
  versions: "current",
  race: "auto",
  partBytes: 512,
};
const fact = (label: string, changes: Partial<RunRecord> = {}) =>
  new Map(runFacts(aRun({ settings: SETTINGS, ...changes }))).get(label);
const session = (changes: Partial<RunRecord["sessions"][number]>) => ({
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: "2026-01-01T00:01:00.000Z",
  end: "complete" as const,
  message: null,
  ...changes,
});

describe("runFacts", () => {
  it("names every access key and tool version of its sessions", () => {
    const sessions = [
      session({ accessKeyId: "AKONE", toolVersion: "0.0.9" }),
      session({ accessKeyId: "AKTWO", toolVersion: "0.1.0" }),
    ];
    expect(fact("Access key", { accessKeyId: "AKTWO", sessions })).toBe("AKONE, AKTWO");
    expect(fact("Tool", { sessions })).toBe("bucketseal 0.1.0, Node 20.19.0, in earlier sessions 0.0.9");
    expect(fact("Access key", { accessKeyId: null })).toBe("not known");
  });

  it("names the owner of the buckets only if the store did", () => {
    expect(fact("Buckets belong to")).toBeUndefined();
    expect(fact("Buckets belong to", { owner: { id: "75aa", displayName: "finance" } })).toBe(
      "75aa (finance), according to ListBuckets",
    );
  });

  it("says which versions and which objects were examined", () => {
    expect(fact("Versions")).toBe("current objects, and noncurrent versions if a bucket keeps any");
    expect(fact("Versions", { settings: { ...SETTINGS, noncurrent: false } })).toBe("current objects only");
    expect(fact("Versions", { settings: { ...SETTINGS, versions: "purge" } })).toContain("in plaintext: purge");
    expect(fact("Filters")).toBe("none: every object of the scope");
    const filtered = { ...SETTINGS, exclude: ["tmp/**", "*.log"], minSizeBytes: 1000, storageClasses: ["STANDARD"] };
    expect(fact("Filters", { settings: filtered })).toBe(
      "no keys that match tmp/** or *.log; from 1 kB; of class STANDARD",
    );
  });

  it("shows race protection for a migration, and none for an audit", () => {
    expect(fact("Race protection")).toContain("auto: the strongest");
    expect(fact("Race protection", { command: "audit" })).toBeUndefined();
  });
});

it("runSettings lists the effective settings, marked as given or default", () => {
  const run = aRun({ settings: SETTINGS, options: { partSize: "512", race: "auto", ssecKeyFile: ["k"] } });
  const rows = new Map(runSettings(run).map(({ name, value, origin }) => [name, [value, origin]]));
  expect(rows.get("partBytes")).toEqual(["512", "given"]);
  expect(rows.get("race")).toEqual(["auto", "given"]);
  expect(rows.get("noncurrent")).toEqual(["true", "default"]);
  expect(rows.get("include")).toEqual(["none", "default"]);
  expect(rows.get("ssecKeyFile")).toEqual(['["k"]', "given"]);
  expect(rows.has("partSize")).toBe(false);
});
