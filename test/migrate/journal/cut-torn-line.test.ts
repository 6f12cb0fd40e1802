import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readJournal } from "../../../migrate/journal/read-journal.js";
import { cutTornLine } from "../../../migrate/journal/segments.js";
import { newFolder } from "../../buckets/start-world.js";
import { collect } from "../fixtures/collect.js";
import { outcomeRecord } from "../fixtures/records.js";

async function journalOf(...segments: (string | Buffer)[]): Promise<{ runDir: string; paths: string[] }> {
  const runDir = await newFolder();
  await mkdir(join(runDir, "journal"));
  const paths = segments.map((_, index) => join(runDir, "journal", `${String(index + 1).padStart(6, "0")}.ndjson`));
  for (const [index, path] of paths.entries()) await writeFile(path, segments[index] ?? "");
  return { runDir, paths };
}

const keys = ["a", "é\u2028b", "🦊", "line\nbreak", "x".repeat(70_000)];
const lines = keys.map((key) => `${JSON.stringify(outcomeRecord({ key }))}\n`);

describe("cutTornLine", () => {
  test("cuts a torn line at any length, and keeps every whole line before it", async () => {
    const whole = Buffer.from(lines.join(""));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
        const { runDir } = await journalOf(whole.subarray(0, length));
        const cut = await cutTornLine(runDir);
        const records = await collect(readJournal(runDir));
        const kept = keys.slice(0, records.length);
        expect(records.map((record) => record.kind === "outcome" && record.key)).toEqual(kept);
        const keptBytes = Buffer.byteLength(lines.slice(0, records.length).join(""));
        expect(keptBytes + cut).toBe(length);
        expect(cut).toBeLessThan(Buffer.byteLength(lines[records.length] ?? "\n"));
      }),
      { numRuns: 60, examples: [[0], [1], [whole.length - 1], [whole.length]] },
    );
  });

  test("cuts a torn line that is longer than one read", async () => {
    const { runDir, paths } = await journalOf(`${lines[0]}${"x".repeat(200_000)}`);
    expect(await cutTornLine(runDir)).toBe(200_000);
    expect(await readFile(paths[0] ?? "", "utf8")).toBe(lines[0]);
  });

  test("looks only at the last segment", async () => {
    const { runDir, paths } = await journalOf("not whole", lines[0] ?? "");
    expect(await cutTornLine(runDir)).toBe(0);
    expect(await readFile(paths[0] ?? "", "utf8")).toBe("not whole");
  });

  test("cuts nothing in a run without a journal", async () => {
    expect(await cutTornLine(await newFolder())).toBe(0);
  });
});
