import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { GATES } from "../../../migrate/report/gates.js";
import { renderJunit } from "../../../migrate/report/junit.js";
import { renderSarif } from "../../../migrate/report/sarif.js";
import { survey } from "../../../migrate/report/survey.js";
import { HOSTILE_KEYS } from "../fixtures/hostile.js";
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
  versionCheckpoint,
} from "../fixtures/records.js";

async function sourceOf(records: readonly JournalRecord[], run: RunRecord) {
  return { run, survey: await survey(journalOf(records), run.scopes) };
}

const TWO = [
  { bucket: "b", prefix: "" },
  { bucket: "c", prefix: "" },
];
const end = (bucket: string, listed: number) => checkpoint({ bucket, listed, end: true });
const DENIED = { because: "denied", detail: "AccessDenied" } as const;
const unseen = (bucket: string) =>
  ({ kind: "sight", bucket, prefix: "", unseen: DENIED, at: "2026-01-01T00:00:00.000Z" }) as const;

describe("junit.xml", () => {
  interface Case {
    readonly "@name": string;
    readonly "@classname": string;
    readonly failure?: { readonly "@message": string; readonly "#text"?: string };
    readonly skipped?: { readonly "@message": string };
  }
  interface Suite {
    readonly "@name": string;
    readonly "@tests": string;
    readonly "@failures": string;
    readonly "@skipped": string;
    readonly testcase: readonly Case[];
  }

  async function suitesOf(records: readonly JournalRecord[], changes: Partial<RunRecord> = {}) {
    const text = renderJunit(await sourceOf(records, aRun(changes))).join("");
    expect(XMLValidator.validate(text)).toBe(true);
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: "@",
      parseTagValue: false,
      isArray: (name) => ["testsuite", "testcase"].includes(name),
    });
    const { testsuites } = parser.parse(text);
    return { text, all: testsuites, suites: testsuites.testsuite as Suite[] };
  }
  const failures = ({ testcase }: Suite) => testcase.filter(({ failure }) => failure).map((one) => one["@name"]);
  const skipped = ({ testcase }: Suite) => testcase.filter((one) => one.skipped).map((one) => one["@name"]);

  it("has a suite for each bucket and a case for each gate, which add up", async () => {
    const run = { scopes: TWO, buckets: [bucketFindings(), bucketFindings({ bucket: "c" })] };
    const { all, suites } = await suitesOf(
      [alreadyEncrypted(), end("b", 1), failed({ bucket: "c" }), end("c", 1)],
      run,
    );
    expect(suites.map((suite) => suite["@name"])).toEqual(["b", "c"]);
    for (const { testcase } of suites) {
      expect(testcase.map((one) => one["@name"])).toEqual([...GATES, "totals", "examined"]);
    }
    expect(suites.map(failures)).toEqual([[], ["failed"]]);
    expect(suites.map(skipped)).toEqual([[], ["unencrypted"]]);
    expect(suites.map((suite) => [suite["@tests"], suite["@failures"], suite["@skipped"]])).toEqual([
      ["11", "0", "0"],
      ["11", "1", "1"],
    ]);
    expect([all["@tests"], all["@failures"], all["@errors"], all["@skipped"]]).toEqual(["22", "1", "0", "1"]);
  });

  it("fails a gate of --fail-on with the worst prefixes, and only skips one that was not asked for", async () => {
    const records = closedJournal([
      outcomeRecord({ key: "logs/1" }),
      outcomeRecord({ key: "logs/2" }),
      outcomeRecord({ key: "data/1" }),
      outcomeRecord({
        key: "c",
        before: seen({ state: "sse-c" }),
        outcome: { kind: "skipped", reason: "sse-c-without-key" },
      }),
    ]);
    const [suite] = (await suitesOf(records, { settings: { failOn: ["unencrypted"] } })).suites;
    const of = (name: string) => suite?.testcase.find((one) => one["@name"] === name);
    expect(of("unencrypted")?.failure).toMatchObject({ "@message": "3 objects or versions not encrypted" });
    expect(of("unencrypted")?.failure?.["#text"]).toBe("s3://b/logs/: 2 objects\ns3://b/data/: 1 object");
    expect(of("sse-c")?.skipped?.["@message"]).toBe("1 object under a customer key; this run has no --fail-on sse-c");
    const asked = await suitesOf(records, { settings: { failOn: ["unencrypted", "sse-c"] } });
    expect(asked.suites.flatMap(failures)).toEqual(["unencrypted", "sse-c"]);
  });

  it("passes no gate of a bucket that was not seen, and says so in the case of its own", async () => {
    const run = { scopes: TWO, buckets: [bucketFindings()] };
    const { suites } = await suitesOf([alreadyEncrypted(), end("b", 1), unseen("c")], run);
    const [, suite] = suites;
    expect(suite && failures(suite)).toEqual(["not-seen"]);
    const passed = suite?.testcase.filter((one) => !one.failure && !one.skipped).map((one) => one["@name"]);
    expect(passed).toEqual(["totals", "examined"]);
    expect(suite?.testcase.find((one) => one["@name"] === "unencrypted")?.skipped?.["@message"]).toBe(
      "none was found, but not all of the bucket was examined",
    );
  });

  it("fails the sum of an interrupted run, and an empty bucket unless --allow-empty was given", async () => {
    const [session] = aRun().sessions;
    const sessions = session ? [{ ...session, end: "interrupted" as const }] : [];
    const stopped = await suitesOf([migrated(), checkpoint({ listed: 1 })], { sessions });
    expect(stopped.suites.flatMap(failures)).toEqual(["totals"]);
    expect(stopped.text).toContain("the run was interrupted");
    expect((await suitesOf(closedJournal([]))).suites.flatMap(failures)).toEqual(["examined"]);
    const allowed = await suitesOf(closedJournal([]), { settings: { allowEmpty: true } });
    expect(allowed.suites.flatMap(failures)).toEqual([]);
    expect(allowed.suites.flatMap(skipped)).toEqual(["examined"]);
  });

  it("passes no gate that counts noncurrent versions if they were not examined", async () => {
    const buckets = [bucketFindings({ versioning: "enabled" })];
    const { suites } = await suitesOf(closedJournal([alreadyEncrypted()]), { buckets });
    expect(suites.flatMap(skipped)).toEqual(["unencrypted", "noncurrent", "failed"]);
    const examined = [alreadyEncrypted(), end("b", 1), versionCheckpoint({ end: true })];
    expect((await suitesOf(examined, { buckets })).suites.flatMap(skipped)).toEqual([]);
  });

  it("fails a run without a location, and one whose totals are off in no bucket", async () => {
    const none = await suitesOf([], { scopes: [], buckets: [] });
    expect(none.suites.map((suite) => [suite["@name"], failures(suite)])).toEqual([
      ["all buckets", ["totals", "examined"]],
    ]);
    expect(none.all["@failures"]).toBe("2");
    const elsewhere = await suitesOf([alreadyEncrypted(), end("b", 1), alreadyEncrypted({ bucket: "z" })]);
    expect(elsewhere.suites.map((suite) => [suite["@name"], failures(suite)])).toEqual([
      ["b", []],
      ["all buckets", ["totals"]],
    ]);
    expect(elsewhere.text).toContain("The totals do not add up: 1 more outcome than objects listed.");
  });

  it("is well-formed whatever a prefix contains", async () => {
    const keys = [...HOSTILE_KEYS, "\ufffe\uffff", 'a"b<c>&d', "\ud800"].map((key) => `${key}/k`);
    const { text } = await suitesOf(closedJournal(keys.map((key) => outcomeRecord({ key }))), {
      settings: { failOn: ["unencrypted"] },
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML forbids is what is looked for.
    expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  });
});

describe("report.sarif", () => {
  // https://github.com/oasis-tcs/sarif-spec, sarif-2.1/schema, commit e0583813964ec43cea53b6b531b402866095ed1f.
  // Ajv knows no draft 4: only "$schema" and "id" differ from draft 7 in what the schema uses.
  const { $schema, id, ...schema } = JSON.parse(
    readFileSync(new URL("sarif-schema-2.1.0.json", import.meta.url), "utf8"),
  );
  const formats = {
    uri: (text: string) => URL.canParse(text),
    "uri-reference": (text: string) => URL.canParse(text, "s3://store/"),
    "date-time": (text: string) => !Number.isNaN(Date.parse(text)),
  };
  const isSarif = new Ajv({ strict: false, formats }).compile(schema);

  async function logOf(records: readonly JournalRecord[], changes: Partial<RunRecord> = {}) {
    const log = JSON.parse(renderSarif(await sourceOf(records, aRun(changes))).join(""));
    expect([isSarif(log), isSarif.errors]).toEqual([true, null]);
    return log;
  }
  const resultsOf = async (...given: Parameters<typeof logOf>) => (await logOf(...given)).runs[0].results;

  it("uses the published schema of draft 4, which refuses what SARIF does not have", async () => {
    expect([$schema, id]).toEqual([
      "http://json-schema.org/draft-04/schema#",
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    ]);
    const log = await logOf(closedJournal([failed()]));
    expect(isSarif({ ...log, surprise: 1 })).toBe(false);
    expect(isSarif({ ...log, version: "2.2.0" })).toBe(false);
    const [run] = log.runs;
    expect(isSarif({ ...log, runs: [{ ...run, results: [{ ...run.results[0], level: "bad" }] }] })).toBe(false);
    expect(isSarif({ ...log, runs: [{ ...run, invocations: [{}] }] })).toBe(false);
  });

  it("has a counted result for each prefix with plaintext or unproven objects, and none for others", async () => {
    const records = closedJournal([
      failed({ key: "logs/1" }),
      failed({ key: "logs/2" }),
      migrated({ key: "data/1" }),
      outcomeRecord({ key: "unseen/1", before: seen({ state: "unknown", evidence: null }) }),
    ]);
    const results = await resultsOf(records);
    expect(results).toMatchObject([
      {
        ruleId: "prefix-objects-encrypted",
        level: "error",
        occurrenceCount: 2,
        locations: [{ physicalLocation: { artifactLocation: { uri: "b/logs/" } } }],
      },
      { ruleId: "prefix-objects-encrypted", level: "warning", occurrenceCount: 1 },
    ]);
    expect(results).toHaveLength(2);
    expect(await resultsOf(closedJournal([migrated()]))).toEqual([]);
  });

  it("reports each bucket check that did not pass under its rule, with a stable fingerprint", async () => {
    const none = { before: "none", after: "none" } as const;
    const changes = {
      scopes: TWO,
      buckets: [bucketFindings({ defaultEncryption: none, openMultipartUploads: 1 })],
    };
    const records = [alreadyEncrypted(), end("b", 1), unseen("c")];
    const { tool, results } = (await logOf(records, changes)).runs[0];
    expect(results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual([
      "bucket-default-encryption",
      "bucket-no-earlier-uploads",
      "bucket-seen",
    ]);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
    const later = await resultsOf(records, { ...changes, id: "6f1b2c3d-0000-4000-8000-000000000002" });
    const prints = (all: { partialFingerprints: object }[]) =>
      all.map((one) => JSON.stringify(one.partialFingerprints));
    expect(prints(later)).toEqual(prints(results));
    expect(new Set(prints(results)).size).toBe(3);
  });

  it("says that a run did not complete", async () => {
    const [session] = aRun().sessions;
    const sessions = session ? [{ ...session, endedAt: null, end: null }] : [];
    const [run] = (await logOf([failed(), checkpoint({ listed: 1 })], { sessions })).runs;
    expect(run.invocations).toEqual([{ executionSuccessful: false, startTimeUtc: "2026-01-01T00:00:00.000Z" }]);
  });

  it("keeps the first 5,000 results, the worst first, and says how many it left out", { tags: ["slow"] }, async () => {
    const buckets = Array.from({ length: 2501 }, (_, at) => {
      const after = at === 2500 ? ("none" as const) : ("unreadable" as const);
      return bucketFindings({
        bucket: `b${at}`,
        defaultEncryption: { before: after, after },
        openMultipartUploads: null,
      });
    });
    const scopes = buckets.map(({ bucket }) => ({ bucket, prefix: "" }));
    const [run] = (
      await logOf(
        scopes.map(({ bucket }) => end(bucket, 0)),
        { scopes, buckets },
      )
    ).runs;
    expect(run.results).toHaveLength(5000);
    expect(run.results[0]).toMatchObject({ level: "error", message: { text: expect.stringContaining("s3://b2500") } });
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toBe(
      "2 more results left out: this file has the first 5,000, the worst first.",
    );
  });

  it("encodes every hostile prefix", async () => {
    const records = closedJournal([...HOSTILE_KEYS, "\ud800"].map((key) => failed({ key: `${key}/k` })));
    const results = await resultsOf(records);
    expect(results.length).toBeGreaterThan(5);
    for (const { locations } of results) {
      expect(locations[0].physicalLocation.artifactLocation.uri).toMatch(/^b\/[\w.~/%-]*$/);
    }
  });
});
