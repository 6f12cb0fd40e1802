import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../../migrate/journal/record.js";
import type { RunRecord } from "../../../../migrate/journal/run-record.js";
import { renderOcsf, renderOcsfAll } from "../../../../migrate/report/ocsf/render-ocsf.js";
import { collect } from "../../../buckets/async-items.js";
import { HOSTILE_KEYS } from "../../fixtures/hostile.js";
import {
  alreadyEncrypted,
  aRun,
  bucketFindings,
  checkpoint,
  closedJournal,
  failed,
  journalOf,
  migrated,
  outcomeRecord,
  seen,
  surveyOf,
  vanished,
  versionCheckpoint,
  versionRecord,
} from "../../fixtures/records.js";

const SCHEMA = JSON.parse(readFileSync(new URL("compliance-finding-1.6.0.schema.json", import.meta.url), "utf8"));
const isFinding = new Ajv2020({ allowUnionTypes: true }).compile(SCHEMA);

interface Finding {
  readonly class_uid: number;
  readonly type_uid: number;
  readonly activity_id: number;
  readonly message: string;
  readonly severity_id: number;
  readonly time: number;
  readonly metadata: { readonly uid: string; readonly correlation_uid: string };
  readonly finding_info: {
    readonly uid: string;
    readonly types: readonly string[];
    readonly created_time?: number;
    readonly modified_time?: number;
  };
  readonly compliance: {
    readonly status: string;
    readonly status_detail: string;
    readonly requirements: string[];
    readonly checks?: readonly { readonly uid: string; readonly status: string }[];
  };
  readonly resources: readonly { readonly name: string; readonly uid: string; readonly version?: string }[];
  readonly unmapped?: Record<string, unknown>;
}

async function textOf(records: JournalRecord[], run: RunRecord = aRun(), render = renderOcsf): Promise<string> {
  const source = { run, survey: await surveyOf(records), readJournal: () => journalOf(records) };
  return (await collect(render(source))).join("");
}

async function findingsOf(...given: Parameters<typeof textOf>): Promise<Finding[]> {
  const lines = (await textOf(...given)).split("\n");
  expect(lines.pop()).toBe("");
  return lines.map((line) => JSON.parse(line));
}

const checkOf = ({ finding_info: { types }, compliance: { status } }: Finding) => `${types[0]} ${status}`;
const ofObjects = (findings: readonly Finding[]) =>
  findings.filter((found) => !/^(bucket|prefix)-/.test(checkOf(found)));
const all = (records: JournalRecord[], run?: RunRecord) => findingsOf(records, run, renderOcsfAll);

const MIXED = [
  migrated({ key: "moved" }),
  alreadyEncrypted({ key: "sealed" }),
  failed({ key: "denied" }),
  vanished({ key: "gone" }),
  failed({ key: "unseen", before: seen({ state: "unknown", evidence: null }) }),
  outcomeRecord({ key: "stated", before: seen({ state: "provider-managed", evidence: "provider-statement" }) }),
];
const OLDER = [
  versionRecord(),
  versionRecord({ before: seen({ versionId: "2" }), outcome: { kind: "removed" } }),
  versionRecord({
    before: seen({ state: "sse-s3", versionId: "3" }),
    outcome: { kind: "encrypted", reason: "sse-s3" },
  }),
];

const ENDED = closedJournal(MIXED);
const VERSIONS = [...OLDER, versionCheckpoint({ listed: 3, end: true })];
const partsOf = ({ compliance }: Finding) => compliance.checks?.map(({ uid, status }) => `${uid} ${status}`);

describe("OCSF finding", () => {
  it("conforms to the OCSF 1.6.0 schema, for every check and kind of object", async () => {
    const findings = await all([...ENDED, ...VERSIONS]);
    expect(new Set(findings.map(({ finding_info }) => finding_info.types[0])).size).toBe(4);
    for (const finding of findings) {
      expect([isFinding(finding), isFinding.errors]).toEqual([true, null]);
    }
  });

  it("fails the schema check with an unknown attribute, or without a required one", async () => {
    const [finding] = await findingsOf(closedJournal([failed()]));
    expect(isFinding({ ...finding, surprise: 1 })).toBe(false);
    const compliance = { ...finding?.compliance, checks: [{ surprise: 1 }] };
    expect(isFinding({ ...finding, compliance })).toBe(false);
    for (const name of SCHEMA.required) expect(isFinding({ ...finding, [name]: undefined })).toBe(false);
  });

  it("names the requirements and what was seen", async () => {
    const finding = (await all(closedJournal([failed()]))).at(-1);
    expect(finding?.compliance.requirements).toHaveLength(6);
    expect(finding?.compliance.status_detail).toBe(
      "not encrypted by the store: the credentials are not allowed to do this (AccessDenied).",
    );
  });
});

describe("ocsf.ndjson", () => {
  it("has one finding for each bucket with its checks, and one for each prefix with counts", async () => {
    const nested = [failed({ key: "logs/1" }), migrated({ key: "logs/2" }), migrated({ key: "data/1" })];
    const found = await findingsOf([...closedJournal([...MIXED, ...nested]), ...VERSIONS]);
    expect(found.map(checkOf)).toEqual([
      "bucket-encrypted Fail",
      "prefix-objects-encrypted Fail",
      "prefix-objects-encrypted Pass",
      "prefix-objects-encrypted Fail",
    ]);
    expect(found.map(({ resources }) => resources[0]?.uid)).toEqual([
      "s3://b",
      "s3://b/",
      "s3://b/data/",
      "s3://b/logs/",
    ]);
    expect(found.flatMap(partsOf)).toEqual([
      "bucket-default-encryption Pass",
      "bucket-objects-encrypted Fail",
      "bucket-older-versions-encrypted Fail",
      "bucket-no-earlier-uploads Pass",
      undefined,
      undefined,
      undefined,
    ]);
    expect(found.at(-1)).toMatchObject({
      message: "1 of 2 current objects not encrypted, 0 not proven.",
      unmapped: {
        outcomes: { failed: { objects: 1 }, migrated: { objects: 1 } },
        states_now: { none: { objects: 1 } },
      },
    });
    expect(found[0]?.unmapped).toMatchObject({ scopes: [{ prefix: "", listed: 9, closes: true }] });
  });

  it("does not grow with the objects, and calls a prefix with only stated encryption a warning", async () => {
    const stated = { before: seen({ state: "provider-managed", evidence: "provider-statement" }) } as const;
    const many = Array.from({ length: 50 }, (_, at) => outcomeRecord({ key: `k${at}`, ...stated }));
    expect((await findingsOf(closedJournal(many))).map(checkOf)).toEqual([
      "bucket-encrypted Warning",
      "prefix-objects-encrypted Warning",
    ]);
  });

  it("counts the prefixes beyond the first 1,000 in one finding of no bucket", async () => {
    const records = closedJournal(Array.from({ length: 1003 }, (_, at) => failed({ key: `p${at}/k` })));
    const found = await findingsOf(records);
    expect(found).toHaveLength(1 + 1000 + 1);
    expect(found.at(-1)).toMatchObject({
      message: "3 of 3 current objects not encrypted, 0 not proven.",
      resources: [{ name: "other prefixes" }],
    });
    expect(new Set(found.map(({ finding_info }) => finding_info.uid)).size).toBe(found.length);
  });

  it("has one finding per existing object with --ocsf all", async () => {
    const found = ofObjects(await all([...ENDED, ...OLDER]));
    expect(found.map(({ resources }) => resources[0]?.name)).toEqual([
      "moved",
      "sealed",
      "denied",
      "unseen",
      "stated",
      "k",
      "k",
    ]);
    expect(found[0]?.unmapped).toMatchObject({
      state_before: "none",
      etag_before: "e",
      strategy: "copy",
      guard: "source",
    });
  });

  it.each<[string, JournalRecord[], Partial<RunRecord>, string]>([
    ["all was seen to be encrypted", closedJournal([migrated()]), {}, "bucket-objects-encrypted Pass"],
    ["the listing did not end", [migrated(), checkpoint({ listed: 1 })], {}, "bucket-objects-encrypted Warning"],
    [
      "noncurrent versions were not looked at",
      closedJournal([migrated()]),
      { buckets: [bucketFindings({ versioning: "enabled" })] },
      "bucket-older-versions-encrypted Warning",
    ],
    [
      "the default could not be read",
      closedJournal([migrated()]),
      { buckets: [bucketFindings({ defaultEncryption: { before: "unreadable", after: "unreadable" } })] },
      "bucket-default-encryption Warning",
    ],
    [
      "uploads are open",
      closedJournal([migrated()]),
      { buckets: [bucketFindings({ openMultipartUploads: 2 })] },
      "bucket-no-earlier-uploads Fail",
    ],
  ])("reports the right bucket check if %s", async (_, records, changes, check) => {
    const [bucket] = await findingsOf(records, aRun(changes));
    expect(bucket && partsOf(bucket)).toContain(check);
    expect(bucket && checkOf(bucket)).toBe(`bucket-encrypted ${check.split(" ")[1]}`);
  });

  it("keeps finding IDs across runs, and gives events new IDs", async () => {
    const later = aRun({
      id: "6f1b2c3d-0000-4000-8000-000000000002",
      sessions: [
        { startedAt: "2026-02-01T00:00:00Z", endedAt: "2026-02-01T00:01:00Z", end: "complete", message: null },
      ],
    });
    const object = failed({ before: seen({ versionId: "1" }) });
    const again = failed({ before: seen({ versionId: "2" }) });
    const first = await all(closedJournal([object]));
    const second = await all(closedJournal([again]), later);
    const uids = (found: Finding[]) => found.map(({ finding_info }) => finding_info.uid);
    expect(uids(second)).toEqual(uids(first));
    expect(second[0]?.metadata.uid).not.toBe(first[0]?.metadata.uid);
    expect(second[0]?.metadata.correlation_uid).not.toBe(first[0]?.metadata.correlation_uid);
  });

  describe("activity", () => {
    const activities = (found: readonly Finding[]) =>
      found.map(({ activity_id, type_uid, finding_info: { created_time, modified_time }, resources }) => {
        expect([type_uid % 100, created_time === undefined, modified_time === undefined]).toEqual(
          activity_id === 2 ? [2, true, false] : [1, false, true],
        );
        return `${activity_id} ${resources[0]?.name}`;
      });
    const EARLY = "2026-01-01T00:00:00.000Z";
    const LATE = "2026-01-02T00:00:30.000Z";
    const session = (day: number, end: "interrupted" | "complete" | null) => ({
      startedAt: `2026-01-0${day}T00:00:00.000Z`,
      endedAt: end && `2026-01-0${day}T00:01:00.000Z`,
      end,
      message: null,
    });
    const RECORDS = closedJournal([failed({ key: "a/1", at: EARLY }), failed({ key: "b/1", at: LATE })]);

    it("is Create in a run that follows no other", async () => {
      expect(activities(await all(RECORDS))).toEqual(["1 b", "1 a/", "1 b/", "1 a/1", "1 b/1"]);
    });

    it("is Update for what the session before an interruption had reported, and Create for the rest", async () => {
      const run = aRun({ sessions: [session(1, "interrupted"), session(2, "complete")] });
      expect(activities(await all(RECORDS, run))).toEqual(["2 b", "2 a/", "1 b/", "2 a/1", "1 b/1"]);
    });

    it("is Create if the session before was killed, since it wrote no report", async () => {
      const run = aRun({ sessions: [session(1, null), session(2, "complete")] });
      expect(activities(await all(RECORDS, run))).toEqual(["1 b", "1 a/", "1 b/", "1 a/1", "1 b/1"]);
    });

    it("is Update for what the baseline of an audit has, and Create for new objects", async () => {
      const line = { run: "0".repeat(64), segment: "journal/000001.ndjson", line: 2 };
      const baseline = {
        ...{ run: line.run, startedAt: EARLY, endedAt: EARLY, lines: 1, origins: [], samplePercent: 1 },
        ...{ oneOf: 1, seed: 1, dropped: null },
      };
      const records = closedJournal([
        alreadyEncrypted({ key: "a/1", baseline: { ...line, use: "taken" } }),
        failed({ key: "b/1" }),
      ]);
      const found = await all(records, aRun({ command: "audit", baseline }));
      expect(activities(found)).toEqual(["2 b", "2 a/", "1 b/", "2 a/1", "1 b/1"]);
    });
  });

  it("is byte-identical for the same run, with unique event IDs", async () => {
    expect(await textOf(structuredClone(ENDED))).toBe(await textOf(ENDED));
    const ids = (await all(ENDED)).map(({ metadata }) => metadata.uid);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("preserves every hostile key, one per line, without terminal control characters", async () => {
    const records = closedJournal(HOSTILE_KEYS.map((key) => failed({ key })));
    const text = await textOf(records, aRun(), renderOcsfAll);
    const findings = await all(records);
    // Characters at which Python's splitlines and some log shippers split, besides LF.
    expect(text.split(/[\r\n\u0085\u2028\u2029]/)).toHaveLength(findings.length + 1);
    expect(text).not.toMatch(/[^\n\x20-\x7e\xa0-\uffff]|[\u202a-\u202e\u2066-\u2069]/);
    expect(ofObjects(findings).map(({ resources }) => resources[0]?.name)).toEqual(HOSTILE_KEYS);
  });
});
