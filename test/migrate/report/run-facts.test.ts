import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../../migrate/journal/run-record.js";
import { runFacts, runSettings } from "../../../migrate/report/facts.js";
import { aRun } from "./a-run.js";

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
      "75aa (finance), as ListBuckets says",
    );
  });

  it("says which versions and which objects were examined", () => {
    expect(fact("Versions")).toBe("current objects, and older versions where a bucket keeps any");
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
