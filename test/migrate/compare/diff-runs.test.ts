import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { changeOf, compareKey, seenEntries } from "../../../migrate/compare/compare-key.js";
import { audit, type Difference, diffRuns, migrate } from "../../../migrate/index.js";
import type { JournalRecord, Observation, OutcomeRecord } from "../../../migrate/journal/record.js";
import { pathOf, sendOk } from "../../buckets/raw-s3.js";
import { fillBucket, startWorld } from "../../buckets/start-world.js";
import { outcomeRecord, versionRecord } from "../fixtures/records.js";

const SEALED = { "x-amz-server-side-encryption": "AES256" };

async function world() {
  const started = await startWorld();
  const plain = ["in/a", "in/b", "out/c"].map((key) => ({ key, body: Buffer.from(key) }));
  await fillBucket(started.raw, "held", [...plain, { key: "in/sealed", body: Buffer.from("s"), headers: SEALED }]);
  const put = (key: string, headers = {}) =>
    sendOk(started.raw, { method: "PUT", path: pathOf("held", key), body: Buffer.from(`new ${key}`), headers });
  const differences = async (earlier: string, later: string) => {
    const found: Difference[] = [];
    const result = await diffRuns(earlier, later, { onDifference: (difference) => void found.push(difference) });
    return { ...result, found: Object.fromEntries(found.map(({ key, change }) => [key, change])) };
  };
  return { ...started, put, differences };
}

describe("diffRuns", () => {
  it("reports objects that became encrypted, are new, are gone, or regressed", { tags: ["slow"] }, async () => {
    const { raw, put, optionsFor, differences } = await world();
    const first = await audit(await optionsFor("held"));
    await migrate(await optionsFor("held", { include: ["in/**"] }));
    await put("in/sealed");
    await put("in/new");
    await sendOk(raw, { method: "DELETE", path: pathOf("held", "in/b") });
    const second = await audit(await optionsFor("held"));
    const { found, totals } = await differences(first.runDir, second.runDir);
    expect(found).toEqual({ "in/a": "encrypted", "in/b": "gone", "in/new": "new", "in/sealed": "regressed" });
    expect(totals.objects).toMatchObject({ same: { objects: 1 }, regressed: { objects: 1 } });
    expect(totals.newUnencrypted.objects).toEqual({ objects: 1, bytes: "new in/new".length });
  });

  it("does not report objects as new or gone if one of the runs left them out", { tags: ["slow"] }, async () => {
    const { optionsFor, differences } = await world();
    const [all, part, filtered] = [
      await audit(await optionsFor("held")),
      await audit(await optionsFor("held", { locations: ["s3://held/in/"] })),
      await audit(await optionsFor("held", { exclude: ["out/**"] })),
    ];
    expect((await differences(part.runDir, all.runDir)).found).toEqual({ "out/c": "not-compared" });
    expect((await differences(all.runDir, part.runDir)).found).toEqual({ "out/c": "not-compared" });
    expect((await differences(all.runDir, filtered.runDir)).found).toEqual({ "out/c": "not-compared" });
    expect((await differences(all.runDir, all.runDir)).found).toEqual({});
  });

  it("refuses a modified run folder, and runs of different stores", async () => {
    const [one, other] = [await world(), await world()];
    const first = await audit(await one.optionsFor("held"));
    const second = await audit(await one.optionsFor("held"));
    const elsewhere = await audit(await other.optionsFor("held"));
    await expect(diffRuns(first.runDir, elsewhere.runDir)).rejects.toThrow(/give two runs of the same store/);
    const path = join(second.runDir, "run.json");
    await writeFile(path, `${await readFile(path, "utf8")} `);
    await expect(diffRuns(first.runDir, second.runDir)).rejects.toThrow(/^diff: ".*" is not intact \(run\.json: /);
  });
});

const { before } = outcomeRecord();
const seen = (changes: Partial<Observation>): Observation => ({ ...before, ...changes });
const object = (changes: Partial<Observation>, more: Partial<OutcomeRecord> = {}) =>
  outcomeRecord({ before: seen(changes), ...more });
const older = (versionId: string, state: Observation["state"]) => versionRecord({ before: seen({ versionId, state }) });

const everything = { objects: () => true, versions: () => true };
const nothing = { objects: () => false, versions: () => false };

function compare(
  earlier: readonly JournalRecord[],
  later: readonly JournalRecord[],
  coverage = [everything, everything],
) {
  const [first = everything, second = everything] = coverage;
  const entries = { earlier: earlier.flatMap(seenEntries), later: later.flatMap(seenEntries) };
  return compareKey(entries, { earlier: first, later: second }).map(({ change, subject, versionId }) =>
    subject === "object" ? change : `${change} ${versionId}`,
  );
}

describe("changeOf", () => {
  it.each([
    ["none", "sse-s3", "encrypted"],
    ["none", "sse-c", "encrypted"],
    ["sse-s3", "none", "regressed"],
    ["sse-kms", "none", "regressed"],
    ["sse-kms", "sse-s3", "changed"],
    ["sse-s3", "unknown", "changed"],
    ["unknown", "none", "changed"],
    ["none", "none", "same"],
  ] as const)("classifies %s to %s as %s", (from, to, change) => expect(changeOf(from, to)).toBe(change));
});

describe("compareKey", () => {
  it("uses the state after a copy, not the state before it", () => {
    const after = seen({ state: "sse-s3", etag: "x" });
    const migrated = object({}, { after, outcome: { kind: "migrated", strategy: "copy", guard: "source" } });
    expect(compare([object({})], [migrated])).toEqual(["encrypted"]);
    expect(compare([migrated], [object({ state: "sse-s3" })])).toEqual(["same"]);
  });

  it("reports new or gone only if the other run covered the object", () => {
    expect(compare([], [object({})])).toEqual(["new"]);
    expect(compare([object({})], [])).toEqual(["gone"]);
    expect(compare([], [object({})], [nothing, everything])).toEqual(["not-compared"]);
    expect(compare([object({})], [], [everything, nothing])).toEqual(["not-compared"]);
    const vanished = object({ state: "unknown", evidence: null }, { outcome: { kind: "vanished" } });
    expect(compare([object({})], [vanished], [nothing, nothing])).toEqual(["gone"]);
    expect(compare([vanished], [object({})], [nothing, nothing])).toEqual(["new"]);
    expect(compare([vanished], [vanished])).toEqual([]);
  });

  it("follows a version by ID from current to noncurrent", () => {
    const earlier = [object({ versionId: "v1", state: "sse-s3" })];
    const later = [object({ versionId: "v2", state: "none" }), older("v1", "sse-s3")];
    expect(compare(earlier, later)).toEqual(["regressed", "same v1"]);
  });

  it("expects a copy to leave the plaintext as a noncurrent version", () => {
    const after = seen({ state: "sse-s3", versionId: "v2" });
    const migrated = object(
      { versionId: "v1" },
      { after, outcome: { kind: "migrated", strategy: "copy", guard: "none" } },
    );
    const later = [object({ versionId: "v2", state: "sse-s3" }), older("v1", "none")];
    expect(compare([migrated], later)).toEqual(["same", "same v1"]);
  });

  it("reports noncurrent versions that are new, gone, or removed by the run itself", () => {
    const current = object({ versionId: "v9", state: "sse-s3" });
    expect(compare([current], [current, older("v1", "none")])).toEqual(["same", "new v1"]);
    expect(compare([current, older("v1", "none")], [current])).toEqual(["same", "gone v1"]);
    const removed = versionRecord({ before: seen({ versionId: "v1" }), outcome: { kind: "removed" } });
    expect(compare([current, older("v1", "none")], [current, removed], [nothing, nothing])).toEqual([
      "same",
      "gone v1",
    ]);
  });
});
