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
  readonly severity_id: number;
  readonly time: number;
  readonly metadata: { readonly uid: string; readonly correlation_uid: string };
  readonly finding_info: { readonly uid: string; readonly types: readonly string[] };
  readonly compliance: { readonly status: string; readonly status_detail: string; readonly requirements: string[] };
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
const ofObjects = (findings: readonly Finding[]) => findings.filter((found) => !checkOf(found).startsWith("bucket-"));
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

describe("OCSF finding", () => {
  it("conforms to the OCSF 1.6.0 schema, for every check and kind of object", async () => {
    const findings = await all([...closedJournal(MIXED), ...OLDER, versionCheckpoint({ listed: 3, end: true })]);
    expect(new Set(findings.map(({ finding_info }) => finding_info.types[0])).size).toBe(6);
    for (const finding of findings) {
      expect([isFinding(finding), isFinding.errors]).toEqual([true, null]);
    }
  });

  it("fails the schema check with an unknown attribute, or without a required one", async () => {
    const [finding] = await findingsOf(closedJournal([failed()]));
    expect(isFinding({ ...finding, surprise: 1 })).toBe(false);
    for (const name of SCHEMA.required) expect(isFinding({ ...finding, [name]: undefined })).toBe(false);
  });

  it("names the requirements and what was seen", async () => {
    const [, , , , finding] = await findingsOf(closedJournal([failed()]));
    expect(finding?.compliance.requirements).toHaveLength(6);
    expect(finding?.compliance.status_detail).toBe(
      "not encrypted by the store: the credentials are not allowed to do this (AccessDenied).",
    );
  });
});

describe("ocsf.ndjson", () => {
  it("has four findings per bucket, and one per unencrypted or unseen object", async () => {
    const found = await findingsOf([...closedJournal(MIXED), ...OLDER, versionCheckpoint({ listed: 3, end: true })]);
    expect(found.map(checkOf)).toEqual([
      "bucket-default-encryption Pass",
      "bucket-objects-encrypted Fail",
      "bucket-older-versions-encrypted Fail",
      "bucket-no-earlier-uploads Pass",
      "object-encrypted Fail",
      "object-encrypted Warning",
      "older-version-encrypted Fail",
    ]);
    expect(ofObjects(found).map(({ resources }) => resources[0]?.name)).toEqual(["denied", "unseen", "k"]);
  });

  it("has one finding per existing object with --ocsf all", async () => {
    const found = ofObjects(await all([...closedJournal(MIXED), ...OLDER]));
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
    expect((await findingsOf(records, aRun(changes))).map(checkOf)).toContain(check);
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
    const [first] = ofObjects(await findingsOf(closedJournal([object])));
    const [second] = ofObjects(await findingsOf(closedJournal([again]), later));
    expect(second?.finding_info.uid).toBe(first?.finding_info.uid);
    expect(second?.metadata.uid).not.toBe(first?.metadata.uid);
    expect(second?.metadata.correlation_uid).not.toBe(first?.metadata.correlation_uid);
  });

  it("is byte-identical for the same run, with unique event IDs", async () => {
    const records = closedJournal(MIXED);
    expect(await textOf(structuredClone(records))).toBe(await textOf(records));
    const ids = (await all(records)).map(({ metadata }) => metadata.uid);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("preserves every hostile key, one per line, without terminal control characters", async () => {
    const records = closedJournal(HOSTILE_KEYS.map((key) => failed({ key })));
    const text = await textOf(records);
    // What Python's splitlines and some log shippers split at, besides LF.
    expect(text.split(/[\r\n\u0085\u2028\u2029]/)).toHaveLength(HOSTILE_KEYS.length + 4 + 1);
    expect(text).not.toMatch(/[^\n\x20-\x7e\xa0-\uffff]|[\u202a-\u202e\u2066-\u2069]/);
    expect(ofObjects(await findingsOf(records)).map(({ resources }) => resources[0]?.name)).toEqual(HOSTILE_KEYS);
  });
});
