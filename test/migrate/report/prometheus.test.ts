import { describe, expect, it } from "vitest";
import type { JournalRecord } from "../../../migrate/journal/record.js";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { renderPrometheus } from "../../../migrate/report/prometheus.js";
import { HOSTILE_KEYS } from "../fixtures/hostile.js";
import {
  aRun,
  bucketFindings,
  checkpoint,
  closedJournal,
  failed,
  migrated,
  seen,
  surveyOf,
  versionCheckpoint,
  versionRecord,
} from "../fixtures/records.js";

interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly ParsedSample[];
}

const UNESCAPED: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/**
 * Reads the text format of Prometheus as its specification has it, and throws on what it does not allow:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
function parseExposition(text: string): Exposition {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const types = new Map<string, string>();
  const samples: ParsedSample[] = [];
  for (const line of text.slice(0, -1).split("\n")) {
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (type !== null) {
      const [, name = "", kind = ""] = type;
      if (types.has(name)) throw new Error(`${name} has two types`);
      types.set(name, kind);
    } else if (!/^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* \S/.test(line)) {
      samples.push(parseSample(line));
    }
  }
  return { types, samples };
}

function parseSample(line: string): ParsedSample {
  const found =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/.exec(line);
  const [, name = "", labels = "", value = ""] = found ?? [];
  if (found === null || !/^(NaN|[+-]?Inf|[+-]?\d+(\.\d+)?(e[+-]?\d+)?)$/.test(value)) {
    throw new Error(`not a sample: ${JSON.stringify(line)}`);
  }
  const pairs = [...labels.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"/g)].map(
    ([, label = "", text = ""]) => [label, text.replace(/\\[\\"n]/g, (escaped) => UNESCAPED[escaped] ?? escaped)],
  );
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}

async function readOf(records: JournalRecord[], run: RunRecord = aRun()) {
  const { samples, types } = parseExposition(
    renderPrometheus({ run, survey: await surveyOf(records, run.scopes) }).join(""),
  );
  const value = (name: string, labels: Record<string, string> = {}) =>
    samples
      .filter((sample) => sample.name === `bucketseal_${name}`)
      .find((sample) => Object.entries(labels).every(([label, text]) => sample.labels[label] === text))?.value;
  return { samples, types, value };
}

describe("report.prom", () => {
  it("has totals per scope by outcome, state and reason, with bytes", async () => {
    const { value } = await readOf(closedJournal([migrated(), failed({ before: seen({ sizeBytes: 40 }) })]));
    const scope = { bucket: "b", prefix: "" };
    expect(value("objects_listed", scope)).toBe(2);
    expect(value("objects_outcome", { ...scope, outcome: "migrated" })).toBe(1);
    expect(value("objects_state", { ...scope, state: "none", when: "before" })).toBe(2);
    expect(value("objects_state", { ...scope, state: "none", when: "now" })).toBe(1);
    expect(value("objects_state_bytes", { ...scope, state: "none", when: "now" })).toBe(40);
    expect(value("objects_reason", { ...scope, reason: "access-denied" })).toBe(1);
  });

  it("says how and when the run ended, and what remains", async () => {
    const { value } = await readOf(closedJournal([failed()]));
    expect(value("run_complete")).toBe(1);
    expect(value("totals_close")).toBe(1);
    expect(value("run_end_timestamp_seconds")).toBe(Date.parse("2026-01-01T00:01:00.000Z") / 1000);
    expect(value("verdict", { verdict: "unencrypted-remain" })).toBe(1);
    expect(value("remaining", { kind: "unencrypted" })).toBe(1);
    const open = await readOf([migrated(), checkpoint({ listed: 5 })], aRun({ sessions: [] }));
    expect([open.value("run_complete"), open.value("totals_close")]).toEqual([0, 0]);
    expect(open.value("run_end_timestamp_seconds")).toBeUndefined();
  });

  it("has noncurrent versions, the end of the last lock, and bucket metrics", async () => {
    const until = "2030-01-01T00:00:00.000Z";
    const locked = versionRecord({ outcome: { kind: "plaintext", reason: "locked", until } });
    const run = aRun({
      buckets: [
        bucketFindings({ openMultipartUploads: 3 }),
        bucketFindings({ bucket: "c", openMultipartUploads: null }),
      ],
    });
    const { value } = await readOf(
      [...closedJournal([migrated()]), locked, versionCheckpoint({ listed: 1, end: true })],
      run,
    );
    expect(value("older_versions_outcome", { outcome: "plaintext" })).toBe(1);
    expect(value("older_versions_last_lock_ends_timestamp_seconds")).toBe(Date.parse(until) / 1000);
    expect(value("bucket_default_encryption", { bucket: "b", default: "sse-s3" })).toBe(1);
    expect(value("bucket_earlier_uploads_open", { bucket: "b" })).toBe(3);
    expect(value("bucket_earlier_uploads_open", { bucket: "c" })).toBeUndefined();
  });

  it("contains only gauges, and no series twice", async () => {
    const { samples, types } = await readOf(closedJournal([migrated(), failed()]));
    expect(samples.every(({ name }) => types.get(name) === "gauge")).toBe(true);
    const ids = samples.map(({ name, labels }) => JSON.stringify([name, labels]));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("preserves every hostile prefix, and stays valid", async () => {
    const scopes = HOSTILE_KEYS.map((prefix) => ({ bucket: "b", prefix }));
    const records = HOSTILE_KEYS.map((prefix) => checkpoint({ prefix, end: true }));
    const { samples } = await readOf(records, aRun({ scopes }));
    const listed = samples.filter(({ name }) => name === "bucketseal_objects_listed");
    expect(listed.map(({ labels }) => labels.prefix)).toEqual(HOSTILE_KEYS);
  });

  it("grows with the number of scopes, not of objects", async () => {
    const few = await readOf(closedJournal([failed()]));
    const many = await readOf(closedJournal(Array.from({ length: 500 }, (_, n) => failed({ key: `${n}/k` }))));
    expect(many.samples).toHaveLength(few.samples.length);
  });
});
